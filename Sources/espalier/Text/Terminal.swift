internal import Glibc

/// One of the two streams that people read: what it can show.
struct Terminal: Sendable {
    static let output = Terminal(STDOUT_FILENO)
    static let error = Terminal(STDERR_FILENO)

    let isInteractive: Bool
    /// Colour only where a person looks on and has not refused it (https://no-color.org).
    let hasColor: Bool
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        isInteractive = isatty(descriptor) == 1
        hasColor =
            isInteractive && Self.environment("NO_COLOR") == nil
            && Self.environment("TERM") != "dumb"
    }

    /// Nil for a variable that is not set or empty.
    private static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Columns; 80 where there is no terminal.
    var width: Int {
        var size = winsize()
        let status = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
        return status == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Writes all of the text; a stream that takes no more loses it.
    func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    func style(_ text: String, _ style: Style) -> String {
        hasColor ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// What a text is shown as (ECMA-48, SGR).
    enum Style: Int, Sendable {
        case bold = 1, dim = 2, red = 31, green = 32, yellow = 33, cyan = 36
    }
}
