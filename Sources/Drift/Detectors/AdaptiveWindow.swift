internal import Glibc

/// Keeps the longest recent stretch of a stream whose halves agree in their mean, and tells when
/// the older part had to go: ADWIN2 (Bifet and Gavaldà, "Learning from time-changing data with
/// adaptive windowing", SDM 2007).
///
/// The stretch lies in an exponential histogram: up to `bucketsPerRow` + 1 buckets of each size
/// 1, 2, 4, …, so O(log n) memory, and O(log n) time at every `interval`-th value.
public struct AdaptiveWindow: Equatable, Sendable {
    /// How sure a change must be, and how often it is looked for.
    public struct Parameters: Equatable, Sendable {
        /// The probability δ of a false alarm at one look, 0…1.
        public var confidence = 0.002
        /// Values between two looks.
        public var interval = 32
        /// The paper's M: buckets of one size.
        public var bucketsPerRow = 5
        /// Values that each part of a cut must have at least.
        public var partMin = 5.0
        /// Values up to which nothing is said.
        public var grace = 10.0

        public init() {}
    }

    /// The sum of 2^row values, and the sum of their squared distances from their mean.
    struct Bucket: Equatable {
        var sum: Double
        var scatter: Double
    }

    let parameters: Parameters
    /// Buckets of 2^row values, the oldest first.
    var rows: [[Bucket]] = [[]]
    /// Values in the window.
    public internal(set) var count = 0.0
    var sum = 0.0
    var scatter = 0.0
    var ticks = 0

    public init(_ parameters: Parameters = Parameters()) { self.parameters = parameters }

    /// The mean of the window; 0 before the first value.
    public var mean: Double { count > 0 ? sum / count : 0 }

    /// Takes the next value and drops what no longer belongs. What is not finite is ignored.
    ///
    /// - Returns: whether the window was cut: the mean has changed.
    public mutating func update(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        if count > 0 {
            let gap = value - sum / count
            scatter += count * gap * gap / (count + 1)
        }
        count += 1
        sum += value
        rows[0].append(Bucket(sum: value, scatter: 0))
        compress()
        ticks += 1
        guard ticks % parameters.interval == 0, count > parameters.grace else { return false }
        var hasChanged = false
        while hasCut {
            dropOldest()
            hasChanged = true
        }
        return hasChanged
    }

    /// Joins the two oldest of a row that is too long into one of the next.
    private mutating func compress() {
        var row = 0
        while rows[row].count > parameters.bucketsPerRow {
            let size = Self.size(row)
            let (a, b) = (rows[row][0], rows[row][1])
            rows[row].removeFirst(2)
            if row + 1 == rows.count { rows.append([]) }
            let gap = (a.sum - b.sum) / size
            rows[row + 1].append(
                Bucket(sum: a.sum + b.sum, scatter: a.scatter + b.scatter + size * gap * gap / 2))
            row += 1
        }
    }

    /// Whether some cut parts the window into an older and a newer part of different means.
    private var hasCut: Bool {
        guard count > 0 else { return false }
        let logarithm = log(2 * log(count) / parameters.confidence)
        let variance = scatter / count
        var older = (count: 0.0, sum: 0.0)
        for row in rows.indices.reversed() {
            for (place, bucket) in rows[row].enumerated() {
                if row == 0, place == rows[0].count - 1 { return false }
                older.count += Self.size(row)
                older.sum += bucket.sum
                let newerCount = count - older.count
                guard older.count >= parameters.partMin, newerCount >= parameters.partMin else {
                    continue
                }
                let gap = older.sum / older.count - (sum - older.sum) / newerCount
                let inverse =
                    1 / (older.count - parameters.partMin + 1)
                    + 1 / (newerCount - parameters.partMin + 1)
                let bound =
                    (2 * inverse * variance * logarithm).squareRoot() + 2 / 3 * logarithm * inverse
                if abs(gap) > bound { return true }
            }
        }
        return false
    }

    private mutating func dropOldest() {
        let row = rows.count - 1
        let bucket = rows[row].removeFirst()
        let size = Self.size(row)
        count -= size
        sum -= bucket.sum
        let gap = bucket.sum / size - (count > 0 ? sum / count : 0)
        scatter -= bucket.scatter + (count > 0 ? size * count * gap * gap / (size + count) : 0)
        scatter = max(0, scatter)
        while rows.count > 1, rows[rows.count - 1].isEmpty { rows.removeLast() }
    }

    static func size(_ row: Int) -> Double { Double(1 << row) }
}
