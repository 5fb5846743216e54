import GRDB
enum P { static func f() throws -> DatabaseQueue { try DatabaseQueue() } }
