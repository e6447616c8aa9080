/// Where a server listens.
public struct ListenAddress: LosslessStringConvertible, Equatable, Sendable {
    public var host: String
    /// 0 takes any that is free.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `HOST:PORT`, `[ADDRESS]:PORT` for IPv6, or a port of this machine alone; nil for anything
    /// else.
    public init?(_ text: String) {
        let digits: Substring
        if let colon = text.lastIndex(of: ":") {
            var host = text[..<colon]
            if host.first == "[", host.last == "]" {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                return nil
            }
            guard !host.isEmpty else { return nil }
            self.host = String(host)
            digits = text[text.index(after: colon)...]
        } else {
            host = "127.0.0.1"
            digits = text[...]
        }
        guard let port = UInt16(digits), digits.allSatisfy(\.isNumber) else { return nil }
        self.port = Int(port)
    }

    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
