//! RFC 8037 appendix A. Its header has no `typ` and no `kid`, so the vectors
//! are checked below the rules that the public functions add.

use super::*;

const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const HEADER: &[u8] = br#"{"alg":"EdDSA"}"#;
const PAYLOAD: &[u8] = b"Example of Ed25519 signing";
const TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
    hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
const PUBLIC_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

fn key() -> SigningKey {
    let seed = BASE64URL_NOPAD.decode(SEED.as_bytes()).unwrap();
    SigningKey::from_bytes(&seed.try_into().unwrap())
}

#[test]
fn rfc_8037_a1_and_a2_key_pair() {
    let jwk: Jwk = serde_json::from_str(PUBLIC_JWK).unwrap();
    assert_eq!(jwk.verifying_key().unwrap(), key().verifying_key());
}

#[test]
fn rfc_8037_a4_signing() {
    let signer = TokenSigner::with_header(HEADER, &key());
    assert_eq!(signer.sign(PAYLOAD).unwrap(), TOKEN);
}

#[test]
fn rfc_8037_a5_validation() {
    let parts = Parts::of(TOKEN, TOKEN_BYTES_MAX).unwrap();
    assert_eq!(decode(parts.header).unwrap(), HEADER);
    assert_eq!(parts.verify(&key().verifying_key()).unwrap(), PAYLOAD);
}

#[test]
fn the_rfc_token_lacks_the_header_we_demand() {
    let verified = verify_compact(TOKEN, "", |_| Some(key().verifying_key()));
    assert_eq!(verified, Err(JwsError::Header));
}
