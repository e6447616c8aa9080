/// How far a long command is: one line that is written over on a terminal, a line every few seconds
/// elsewhere. On the standard error, so that it never mixes with data.
struct ProgressLine {
    private let unit: String
    private let watch = Stopwatch()
    private var next: Double
    private var isShown = false
    private let isQuiet: Bool

    /// Seconds between two lines.
    private static var interval: Double { Terminal.error.isInteractive ? 0.2 : 10 }

    /// - Parameter unit: what is counted, such as `events`.
    init(unit: String, isQuiet: Bool = false) {
        self.unit = unit
        self.isQuiet = isQuiet
        next = Self.interval
    }

    /// Shows the state if it is time to. Call every thousand records or so.
    ///
    /// - Parameter fraction: the part that is done, 0 to 1, if that is known.
    mutating func update(count: UInt64, fraction: Double?) {
        let elapsed = watch.seconds
        guard !isQuiet, elapsed >= next else { return }
        next = elapsed + Self.interval
        var parts = ["\(Numerals.grouped(count)) \(unit)"]
        // Of what takes seconds each, the time left tells enough.
        let rate = Double(count) / elapsed
        if rate >= 1 { parts.append(Numerals.rate(rate)) }
        if let fraction, fraction > 0 {
            parts.insert("\(Numerals.fixed(100 * fraction, 0)) %", at: 1)
            parts.append("\(Numerals.duration(elapsed * (1 - fraction) / fraction)) left")
        }
        show(parts.joined(separator: " · "))
    }

    private mutating func show(_ text: String) {
        let terminal = Terminal.error
        guard terminal.isInteractive else { return terminal.write(text + "\n") }
        terminal.write("\r\(text.prefix(terminal.width - 1))\u{1b}[K")
        isShown = true
    }

    /// Takes the line away.
    mutating func clear() {
        if isShown { Terminal.error.write("\r\u{1b}[K") }
        isShown = false
    }
}
