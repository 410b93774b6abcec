// The SDK's promises, on a device of memory. The browser's own parts are driven by the black-box tests.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readActivation } from '../activation.js';
import { isSecretCode, makeKeys, unlock } from '../keys.js';
import { signedBytes } from '../signing.js';
import { device } from '../testing/fakes.js';

const CODE = 'f825f1646665490aa7ef7942c6f2f159';

const is = (code) => (error) => error.code === code;

test('an activation code is read as it is brought', () => {
  const link = `https://bank.example/authenticator/#${CODE}`;
  for (const text of [CODE, CODE.toUpperCase(), ` ${CODE}\n`, link, `#${CODE}`, CODE.replace(/(.{8})/g, '$1 ')]) {
    assert.equal(readActivation(text), CODE, text);
  }
  for (const text of ['', null, undefined, CODE.slice(1), `${CODE}0`, 'g'.repeat(32), 'https://bank.example/']) {
    assert.equal(readActivation(text), null, String(text));
  }
});

test('a secret code has five digits', () => {
  assert.ok(isSecretCode('01234'));
  for (const code of ['1234', '123456', '12a45', '１２３４５', 12345, null]) assert.ok(!isSecretCode(code), String(code));
});

test('a key signs with its code only, and cannot be taken out', async () => {
  const { keys, publicKey } = await makeKeys('01234', crypto, 10);
  assert.deepEqual(Object.keys(publicKey), ['kty', 'crv', 'x', 'y']);
  assert.equal(await unlock(keys, '01235', crypto), null);
  assert.equal(await unlock(keys, 'no code', crypto), null);
  const key = await unlock(keys, '01234', crypto);
  assert.deepEqual([key.type, key.extractable, key.usages], ['private', false, ['sign']]);
  await assert.rejects(crypto.subtle.exportKey('pkcs8', key));
  assert.equal(keys.device.extractable, false);
  await assert.rejects(crypto.subtle.exportKey('raw', keys.device));
  // Neither the code nor the key of the device is of use alone.
  const other = await makeKeys('01234', crypto, 10);
  assert.equal(await unlock({ ...keys, device: other.keys.device }, '01234', crypto), null);
});

test('what is signed says what, which, how and when', () => {
  const signed = { authenticationId: '0198f3a1-0000-7000-8000-00000000000a', digest: 'abcd', outcome: 'approved', signedAt: 1_700_000_000 };
  assert.equal(new TextDecoder().decode(signedBytes(signed)), '0198f3a1-0000-7000-8000-00000000000a.abcd.approved.1700000000');
});

test('from no wallet to a signature', async () => {
  const { sdk, house, storage, questions } = device(['24680', '24680', '24680']);
  assert.equal((await sdk.walletManager.connect()).state, 'onProvisioningRequired');
  assert.equal(house.requests.length, 0, 'a device without a wallet asks nothing');
  await assert.rejects(sdk.challenges.list(), is('notBound'));
  await assert.rejects(sdk.getIssuerData(), is('notBound'));
  await sdk.walletProvisioning.initialize();
  const wallet = await sdk.walletProvisioning.launch(CODE.toUpperCase());
  assert.deepEqual({ ...wallet }, { state: 'bound', walletId: 'wallet-1', lost: false });
  assert.equal((await sdk.walletManager.connect()).state, 'bound');
  assert.equal((await sdk.getIssuerData()).webviewUrl, 'https://x/');
  const [challenge] = await sdk.challenges.list();
  assert.equal(sdk.challenges.secondsLeft(challenge), 300);
  await sdk.challenges.approve(challenge);
  await sdk.challenges.deny(challenge);
  assert.deepEqual(questions.map(({ purpose }) => purpose), ['choose', 'approved', 'denied']);
  assert.equal(storage.record.failures, 0);

  const [bound] = house.requests;
  assert.equal(bound.url.href, 'https://house.example/prefix/sdk/v1/wallets');
  assert.deepEqual(Object.keys(bound.body), ['activationCode', 'publicKey']);
  assert.equal(bound.body.activationCode, CODE);
  for (const request of house.requests) {
    assert.deepEqual([request.credentials, request.referrerPolicy], ['omit', 'no-referrer']);
    assert.ok(!JSON.stringify(request.body ?? '').includes('24680'), 'the secret code stays on the device');
  }
});

test('a wrong code signs nothing, is told, and the fifth locks', async () => {
  const { sdk, house, storage, questions } = device(['24680', '1', '00000', '11111', '24680', '0', '1', '2', '3', '4', '5']);
  await sdk.walletProvisioning.launch(CODE);
  const [challenge] = await sdk.challenges.list();
  for (const left of [4, 3]) {
    await assert.rejects(sdk.challenges.approve(challenge), (error) => is('wrongCode')(error) && error.triesLeft === left);
  }
  // It is told as failed, without a signature: nothing can be signed.
  const failed = house.requests.at(-1).body;
  assert.deepEqual(failed, { walletId: 'wallet-1', outcome: 'failed' });
  await assert.rejects(sdk.challenges.approve(challenge), is('wrongCode'));
  await sdk.challenges.approve(challenge);
  assert.equal(storage.record.failures, 0, 'the right code counts from the beginning');
  for (let tries = 0; tries < 4; tries += 1) await assert.rejects(sdk.challenges.deny(challenge), is('wrongCode'));
  assert.equal(questions.at(-1).triesLeft, 2);
  await assert.rejects(sdk.challenges.approve(challenge), is('locked'));
  assert.equal(storage.record.keys, null, 'nothing is left to try');
  await assert.rejects(sdk.challenges.approve(challenge), is('locked'));
  assert.equal((await sdk.walletManager.connect()).state, 'locked');
});

test('tries count where the house cannot be told', async () => {
  const { sdk, house, storage } = device(['24680', '00000']);
  await sdk.walletProvisioning.launch(CODE);
  house.status = 503;
  await assert.rejects(sdk.challenges.approve(house.challenge), is('wrongCode'));
  assert.equal(storage.record.failures, 1);
});

test('closing the question is no try', async () => {
  const { sdk, house, storage } = device(['24680']);
  await sdk.walletProvisioning.launch(CODE);
  await assert.rejects(sdk.challenges.approve(house.challenge), is('cancelled'));
  assert.equal(storage.record.failures, 0);
});

test('the house has the last word on a wallet', async () => {
  const { sdk, house, storage } = device(['24680', '13579']);
  await sdk.walletProvisioning.launch(CODE);
  await assert.rejects(sdk.walletProvisioning.launch(CODE), is('alreadyBound'));
  house.status = 503;
  assert.equal((await sdk.walletManager.connect()).state, 'bound', 'what cannot be asked changes nothing');
  house.status = null;
  house.state = 'locked';
  assert.equal((await sdk.walletManager.connect()).state, 'locked');
  house.state = 'bound';
  // A locked one may be bound anew.
  await sdk.walletProvisioning.launch(CODE);
  house.status = 410;
  const killed = await sdk.walletManager.connect();
  assert.deepEqual([killed.state, killed.lost], ['onProvisioningRequired', true]);
  assert.equal(storage.record, undefined);
});

test('what the house refuses has a word', async () => {
  for (const [status, code] of [[404, 'unknown'], [410, 'gone'], [400, 'refused']]) {
    const { sdk, house, storage } = device(['24680']);
    house.status = status;
    await assert.rejects(sdk.walletProvisioning.launch(CODE), is(code));
    assert.equal(storage.record, undefined, 'nothing is kept of a wallet that was not bound');
  }
  const { sdk, house } = device(['24680', '24680']);
  await assert.rejects(sdk.walletProvisioning.launch('no code'), is('badActivationCode'));
  await sdk.walletProvisioning.launch(CODE);
  house.status = 409;
  await assert.rejects(sdk.challenges.approve(house.challenge), is('answered'));
});

test('an answer that was lost is asked for again, with the same keys', async () => {
  const { sdk, house, storage, questions } = device(['24680', '24680']);
  house.status = 500;
  await assert.rejects(sdk.walletProvisioning.launch(CODE), is('unreachable'));
  assert.equal((await sdk.walletManager.connect()).state, 'onProvisioningRequired');
  await assert.rejects(sdk.challenges.list(), is('notBound'));
  await assert.rejects(sdk.getIssuerData(), is('notBound'));
  house.status = null;
  assert.equal((await sdk.walletProvisioning.launch(CODE)).state, 'bound');
  const [first, second] = house.requests.map(({ body }) => body.publicKey);
  assert.deepEqual(second, first);
  assert.equal(questions.length, 1, 'the secret code was chosen before');
  assert.deepEqual(Object.keys(storage.record), ['walletId', 'keys', 'failures'], 'no code stays on the device');
  const [challenge] = await sdk.challenges.list();
  await sdk.challenges.approve(challenge);
  // Another code makes other keys.
  const other = device(['24680', '13579']);
  other.house.status = 500;
  await assert.rejects(other.sdk.walletProvisioning.launch(CODE), is('unreachable'));
  other.house.status = null;
  await other.sdk.walletProvisioning.launch(CODE.replaceAll('f', '0'));
  assert.equal(other.questions.length, 2);
  assert.notDeepEqual(other.house.requests[1].body.publicKey, other.house.requests[0].body.publicKey);
});

test('a clock that goes wrong does not spoil a signature', async () => {
  const { sdk, house } = device(['24680', '24680'], () => Date.parse('2020-01-01T00:00:00Z'));
  await sdk.walletProvisioning.launch(CODE);
  const [challenge] = await sdk.challenges.list();
  assert.equal(sdk.challenges.secondsLeft(challenge), 300);
  await sdk.challenges.approve(challenge);
  assert.equal(house.requests.at(-1).body.signedAt, Date.parse(house.now) / 1000);
});
