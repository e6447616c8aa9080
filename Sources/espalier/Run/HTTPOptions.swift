internal import ArgumentParser
internal import HTTP

/// Where a command answers HTTP, if it does.
struct HTTPOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Answer HTTP on this address; a port alone is one of this machine only.",
            valueName: "host:port"),
        transform: Self.address)
    var http: ListenAddress?

    @Sendable private static func address(_ text: String) throws -> ListenAddress {
        guard let address = ListenAddress(text) else {
            throw ValidationError("found \(text); expected HOST:PORT, [ADDRESS]:PORT or a port")
        }
        return address
    }

    /// Begins to answer, where that is asked for.
    func serve(_ board: ServiceBoard) throws(Failure) -> ServiceServer? {
        guard let http else { return nil }
        do throws(ServerError) {
            let server = try ServiceServer(board, at: http)
            Terminal.error.write("http: listening on http://\(server.address)/\n")
            return server
        } catch { throw Failure(.inputOutput, "--http: \(error)") }
    }
}
