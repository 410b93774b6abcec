//! Files: what is kept comes back byte for byte, and only to whom it belongs.

use onboarding::{CustomerId, FileId, Pii};
use store::{NewFile, StoreError};
use testkit::engines;

use crate::house::{House, at, pii, run, uuid};

fn file(customer: CustomerId, content: Vec<u8>) -> NewFile {
    NewFile {
        id: FileId(uuid()),
        customer,
        purpose: "case attachment".to_owned(),
        content_type: "image/png".to_owned(),
        name: Some(pii("planted passport.png")),
        content: Pii(content),
    }
}

async fn keep(house: &House, file: &NewFile) {
    let mut write = house.store.write(&house.ctx, at(9));
    write.keep_file(file).expect("small enough");
    write.commit().await.expect("kept");
}

engines! {
    async fn a_file_comes_back_byte_for_byte(house: House) {
        let customer = house.let_in("Erna").await.id;
        let all: Vec<u8> = (0..700_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let mut kept = Vec::new();
        // Nothing, one byte, a whole piece, one more, several.
        for size in [0, 1, 256 * 1024, 256 * 1024 + 1, 700_000] {
            let file = file(customer, all[..size].to_vec());
            keep(&house, &file).await;
            let (info, content) = house.store.file(&house.ctx, file.id).await.expect("readable").expect("there");
            assert_eq!((content.as_slice(), info.bytes), (&file.content[..], size as u64));
            assert_eq!((info.customer, info.name.as_ref(), info.created_at), (customer, file.name.as_ref(), at(9)));
            assert_eq!(house.store.file(&house.other, file.id).await, Ok(None));
            kept.push(info);
        }
        assert_eq!(house.store.files_of(&house.ctx, customer, 9).await, Ok(kept));
        assert_eq!(house.store.files_of(&house.other, customer, 9).await, Ok(vec![]));
        assert_eq!(house.store.file(&house.ctx, FileId(uuid())).await, Ok(None));
    }

    async fn a_piece_that_is_missing_or_moved_is_told(house: House) {
        let customer = house.let_in("Erna").await.id;
        for damage in [
            "DELETE FROM file_chunks WHERE chunk=0",
            "DELETE FROM file_chunks WHERE chunk=2",
            "UPDATE file_chunks SET chunk=7-chunk",
            "UPDATE files SET bytes=bytes-1",
        ] {
            let file = file(customer, vec![7; 600_000]);
            keep(&house, &file).await;
            run(&house.raw().await, damage, vec![]).await;
            let read = house.store.file(&house.ctx, file.id).await.expect_err(damage);
            assert!(matches!(read, StoreError::Inconsistent(_)), "{damage}: {read:?}");
            run(&house.raw().await, "DELETE FROM file_chunks", vec![]).await;
        }
    }

    async fn what_is_too_large_or_nobodys_is_not_kept(house: House) {
        let customer = house.let_in("Erna").await.id;
        let mut write = house.store.write(&house.ctx, at(9));
        let refused = write.keep_file(&file(customer, vec![0; NewFile::BYTES_MAX + 1]));
        assert_eq!(refused, Err(StoreError::TooLarge { what: "the file" }));
        write.keep_file(&file(CustomerId(uuid()), vec![0])).expect("small enough");
        assert_eq!(write.commit().await, Err(store::CommitError::Conflict));
        let mut write = house.store.write(&house.other, at(9));
        write.keep_file(&file(customer, vec![0])).expect("small enough");
        assert_eq!(write.commit().await, Err(store::CommitError::Conflict), "another tenant's customer");
    }
}
