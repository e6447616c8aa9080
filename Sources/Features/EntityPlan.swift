/// What one entity type keeps and computes, compiled from the aggregates that name it.
///
/// A boundary is an age in milliseconds: its cursor stands on the entity's first event that is
/// younger. The window `delay..<delay + window` is the stretch between two boundaries, so windows
/// that share an edge share its cursor.
struct EntityPlan: Equatable, Sendable {
    var name: String
    var keySlot: Int
    var keyIsText: Bool
    var columns: [Column] = []
    /// Ages in milliseconds, each once.
    var boundaries: [Int64] = []
    var windows: [Window] = []
    var accumulators: [Accumulator] = []
    /// Read before the current event enters, and after.
    var readingsBefore: [Reading] = []
    var readingsAfter: [Reading] = []
    /// How far back, in milliseconds before the newest event, rows are kept.
    var retentionMillis: Int64 = 0
    /// Rows kept whatever their age, for `last` and `lag` without a window.
    var keptRowsMin = 0
    /// Whether rows are needed at all: a table of decayed sums alone keeps none.
    var retainsRows: Bool { retentionMillis > 0 || keptRowsMin > 0 }

    /// A value kept with every retained event.
    enum Column: Hashable, Sendable {
        case number(slot: Int)
        /// Kept as its 64-bit hash.
        case text(slot: Int)
        case label

        /// Whether the kept bits stand for "no value". Any bits but one may be a text's hash.
        func isMissing(_ bits: UInt64) -> Bool {
            if case .text = self { return bits == Double.nan.bitPattern }
            return Double(bitPattern: bits).isNaN
        }
    }

    /// Events from the cursor of `exit` up to the cursor of `entry`.
    struct Window: Equatable, Sendable {
        /// Nil: nothing ever leaves.
        var exit: Int?
        /// Nil: the entity's newest event, without delay.
        var entry: Int?
        var accumulators: Range<Int>

        /// The words of the cursors between which its events stand.
        var startWord: Int { exit.map { cursorsWord + $0 } ?? headWord }
        var endWord: Int { entry.map { cursorsWord + $0 } ?? tailWord }
    }

    /// A running summary of one column over one window, updated as events enter and leave.
    struct Accumulator: Equatable, Sendable {
        var kind: Kind
        /// Nil counts events, whatever they hold.
        var column: Int?
        /// Its first word in the entity's row.
        var word: Int

        enum Kind: Hashable, Sendable {
            /// `[sum, present]`
            case sum
            /// `[n, mean, m2, compensation of additions, of removals]`
            case moments
            /// `[extreme or NaN when it must be searched again, present]`
            case minimum, maximum
            /// `[weighed sum, weighed count, time they refer to]`
            case decayed(halfLifeMillis: Int64)

            var words: Int {
                switch self {
                case .sum, .minimum, .maximum: 2
                case .moments: 5
                case .decayed: 3
                }
            }
        }
    }

    /// One feature: what to read, and the slot it goes to.
    struct Reading: Equatable, Sendable {
        var source: Source
        var slot: Int
        /// The value when there is nothing to summarise.
        var otherwise: Double

        /// Words are those of the entity's row; of an accumulator the first.
        enum Source: Equatable, Sendable {
            /// From one cursor to another.
            case events(startWord: Int, endWord: Int)
            case present(word: Int)
            case sum(word: Int)
            case mean(word: Int)
            case variance(word: Int)
            case stddev(word: Int)
            case extreme(accumulator: Int, window: Int)
            case first(window: Int, column: Int)
            /// The `back`-th event before the window's newest.
            case lag(window: Int, column: Int, back: Int)
            case distinct(window: Int, column: Int)
            case timeSinceLast(window: Int)
            case decayedCount(accumulator: Int)
            case decayedSum(accumulator: Int)
            case decayedMean(accumulator: Int)
        }
    }

    /// The column that holds labels, if a feature is over labels.
    var labelColumn: Int? { columns.firstIndex(of: .label) }

    // An entity's row:
    // | key | reference time | newest time | last page | head | tail | cursors… | accumulators… |
    static let keyWord = 0
    static let referenceWord = 1
    static let newestWord = 2
    static let lastPageWord = 3
    static let headWord = 4
    static let tailWord = 5
    static let cursorsWord = 6

    var accumulatorsWord: Int { Self.cursorsWord + boundaries.count }
    var rowWords: Int {
        accumulatorsWord + accumulators.reduce(0) { $0 + $1.kind.words }
    }
}
