//! Our values in PostgreSQL's binary format.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

use crate::Value;

/// Whether a parameter of this type can be bound.
pub(crate) fn is_parameter(of: &Type) -> bool {
    *of == Type::INT8 || *of == Type::TEXT || *of == Type::BYTEA
}

/// Whether a column of this type can be read.
pub(crate) fn is_column(of: &Type) -> bool {
    // Comparisons and small constants are answered as what they are; SQLite has only one kind of number.
    is_parameter(of) || *of == Type::INT4 || *of == Type::BOOL || *of == Type::VOID || *of == Type::NAME
}

impl ToSql for Value {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) if *of == Type::INT8 => n.to_sql(of, out),
            Self::Text(text) if *of == Type::TEXT => text.to_sql(of, out),
            Self::Bytes(bytes) if *of == Type::BYTEA => bytes.to_sql(of, out),
            other => Err(format!("a {} was given for a parameter of type {}", other.kind(), of.name()).into()),
        }
    }

    fn accepts(of: &Type) -> bool {
        is_parameter(of)
    }

    tokio_postgres::types::to_sql_checked!();
}

impl<'row> FromSql<'row> for Value {
    fn from_sql(of: &Type, raw: &'row [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *of {
            Type::INT8 => Self::Int(i64::from_sql(of, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(of, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(of, raw)?.into()),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            Type::VOID => Self::Null,
            _ => Self::Text(String::from_sql(of, raw)?),
        })
    }

    fn from_sql_null(_of: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(of: &Type) -> bool {
        is_column(of)
    }
}
