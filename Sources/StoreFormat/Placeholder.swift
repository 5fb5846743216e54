import Crypto
enum P { static func f() -> Int { SHA256.byteCount } }
