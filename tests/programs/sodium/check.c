/* Runs libsodium: checks it against the examples of the RFCs, then hashes, encrypts and decrypts a file.
 *
 *   check vectors | check file FILE | check passwords
 *
 * All that is printed is the same on every machine: random numbers come from a stream cipher.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

/* ---- Random numbers */

static const char *random_name(void) {
  return "deterministic";
}

static void random_buffer(void *buffer, size_t size) {
  static const unsigned char key[crypto_stream_chacha20_KEYBYTES] = "the key of what is not random";
  static unsigned char nonce[crypto_stream_chacha20_NONCEBYTES];
  sodium_increment(nonce, sizeof nonce);
  crypto_stream_chacha20(buffer, size, nonce, key);
}

static uint32_t random_word(void) {
  uint32_t word;
  random_buffer(&word, sizeof word);
  return word;
}

static struct randombytes_implementation deterministic = {
    .implementation_name = random_name, .random = random_word, .buf = random_buffer};

/* ---- Printing and comparing */

static void print(const char *what, const unsigned char *bytes, size_t size) {
  printf("%-20s ", what);
  for (size_t i = 0; i < size; i++) {
    printf("%02x", bytes[i]);
  }
  putchar('\n');
}

static int failures;

static void expect(const char *what, const unsigned char *bytes, size_t size, const char *hex) {
  unsigned char expected[64];
  size_t length;
  if (sodium_hex2bin(expected, sizeof expected, hex, strlen(hex), NULL, &length, NULL) != 0 ||
      length != size || memcmp(bytes, expected, size) != 0) {
    print(what, bytes, size);
    printf("%-20s %s\n", "  expected", hex);
    failures++;
  } else {
    printf("%-20s agrees\n", what);
  }
}

static void expect_true(const char *what, int condition) {
  printf("%-20s %s\n", what, condition ? "agrees" : "fails");
  failures += !condition;
}

/* ---- Examples of FIPS 180-2, RFC 7693, 7748, 8032 and 8439 */

static void unhex(unsigned char *to, size_t size, const char *hex) {
  sodium_hex2bin(to, size, hex, strlen(hex), NULL, NULL, NULL);
}

static void check_hashes(void) {
  const unsigned char *abc = (const unsigned char *)"abc";
  unsigned char hash[64];
  crypto_hash_sha256(hash, abc, 3);
  expect("sha256", hash, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  crypto_hash_sha512(hash, abc, 3);
  expect("sha512", hash, 64,
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  crypto_generichash(hash, 64, abc, 3, NULL, 0);
  expect("blake2b", hash, 64,
         "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
         "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void check_ciphers(void) {
  unsigned char key[32], nonce[12], stream[64] = {0}, tag[16];
  for (unsigned char i = 0; i < sizeof key; i++) {
    key[i] = i;
  }
  unhex(nonce, sizeof nonce, "000000090000004a00000000");
  crypto_stream_chacha20_ietf_xor_ic(stream, stream, sizeof stream, nonce, 1, key);
  expect("chacha20", stream, 64,
         "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
         "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
  unhex(key, sizeof key, "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b");
  const char *message = "Cryptographic Forum Research Group";
  crypto_onetimeauth(tag, (const unsigned char *)message, strlen(message), key);
  expect("poly1305", tag, 16, "a8061dc1305136c6c22b8baf0c0127a9");
}

static void check_curves(void) {
  unsigned char scalar[32], point[32], product[32], seed[32], public_key[32], secret_key[64], signature[64];
  unhex(scalar, 32, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
  unhex(point, 32, "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
  expect_true("x25519 multiplies", crypto_scalarmult(product, scalar, point) == 0);
  expect("x25519", product, 32, "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  unhex(seed, 32, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  crypto_sign_seed_keypair(public_key, secret_key, seed);
  expect("ed25519 key", public_key, 32, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  crypto_sign_detached(signature, NULL, NULL, 0, secret_key);
  expect("ed25519", signature, 64,
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
         "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  expect_true("ed25519 verifies", crypto_sign_verify_detached(signature, NULL, 0, public_key) == 0);
  signature[5] ^= 1;
  expect_true("ed25519 rejects", crypto_sign_verify_detached(signature, NULL, 0, public_key) != 0);
}

/* ---- A file */

static unsigned char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  unsigned char *bytes = NULL;
  if (file && fseek(file, 0, SEEK_END) == 0) {
    *size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*size + 1);
  }
  if (!bytes || fread(bytes, 1, *size, file) != *size) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(1);
  }
  fclose(file);
  return bytes;
}

static void hash_file(const unsigned char *bytes, size_t size) {
  unsigned char hash[64], key[32] = "a key";
  crypto_hash_sha256(hash, bytes, size);
  print("sha256", hash, 32);
  crypto_hash_sha512(hash, bytes, size);
  print("sha512", hash, 64);
  crypto_generichash(hash, 48, bytes, size, key, sizeof key);
  print("blake2b, with a key", hash, 48);
  crypto_shorthash(hash, bytes, size, key);
  print("siphash", hash, crypto_shorthash_BYTES);
}

static void encrypt_file(const unsigned char *bytes, size_t size) {
  unsigned char key[32], nonce[24], hash[32];
  unsigned char *sealed = malloc(size + 16), *opened = malloc(size + 16);
  if (!sealed || !opened) {
    exit(1);
  }
  randombytes_buf(key, sizeof key);
  randombytes_buf(nonce, sizeof nonce);
  crypto_stream_xsalsa20_xor(sealed, bytes, size, nonce, key);
  crypto_generichash(hash, sizeof hash, sealed, size, NULL, 0);
  print("xsalsa20", hash, sizeof hash);

  unsigned long long sealed_size, opened_size;
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, &sealed_size, bytes, size, key, 32, NULL, nonce, key);
  print("its tag", sealed + size, 16);
  expect_true("opens", crypto_aead_xchacha20poly1305_ietf_decrypt(opened, &opened_size, NULL, sealed,
                                                                  sealed_size, key, 32, nonce, key) == 0);
  expect_true("is the same", opened_size == size && memcmp(opened, bytes, size) == 0);
  sealed[size / 2] ^= 0x10;
  expect_true("refuses", crypto_aead_xchacha20poly1305_ietf_decrypt(opened, &opened_size, NULL, sealed,
                                                                    sealed_size, key, 32, nonce, key) != 0);
  free(sealed);
  free(opened);
}

static void check_file(const char *path) {
  size_t size = 0;
  unsigned char *bytes = read_file(path, &size);
  hash_file(bytes, size);
  encrypt_file(bytes, size);
  free(bytes);
}

static void hash_passwords(void) {
  unsigned char hash[32], salt[32] = "salt";
  const char *password = "correct horse battery staple";
  expect_true("argon2id", crypto_pwhash(hash, sizeof hash, password, strlen(password), salt, 2, 4 << 20,
                                        crypto_pwhash_ALG_ARGON2ID13) == 0);
  print("argon2id", hash, sizeof hash);
  expect_true("argon2i", crypto_pwhash(hash, sizeof hash, password, strlen(password), salt, 3, 2 << 20,
                                       crypto_pwhash_ALG_ARGON2I13) == 0);
  print("argon2i", hash, sizeof hash);
  expect_true("scrypt", crypto_pwhash_scryptsalsa208sha256(hash, sizeof hash, password, strlen(password),
                                                           salt, 32768, 4 << 20) == 0);
  print("scrypt", hash, sizeof hash);
}

int main(int argc, char **argv) {
  randombytes_set_implementation(&deterministic);
  if (sodium_init() < 0) {
    return 1;
  }
  if (argc == 2 && strcmp(argv[1], "vectors") == 0) {
    check_hashes();
    check_ciphers();
    check_curves();
  } else if (argc == 2 && strcmp(argv[1], "passwords") == 0) {
    hash_passwords();
  } else if (argc == 3 && strcmp(argv[1], "file") == 0) {
    check_file(argv[2]);
  } else {
    fputs("usage: check vectors | check file FILE | check passwords\n", stderr);
    return 2;
  }
  return failures != 0;
}
