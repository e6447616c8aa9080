/// Why a request is turned away: what was found, and what was expected.
struct RequestError: Error {
    /// The status of HTTP.
    let status: Int
    let message: String

    static func invalid(_ found: String, expected: String) -> RequestError {
        RequestError(status: 400, message: "found \(found); expected \(expected)")
    }
}
