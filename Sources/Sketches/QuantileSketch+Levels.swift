/// Levels: their capacities, and how items move up.
extension QuantileSketch {
    /// Levels above the buffer at most; more are replaced by the sampler.
    static let levelsMax = 9
    /// A level holds at least this.
    static let levelCapacityMin = 8
    /// The buffer holds at least this, for sorting few items often is dear.
    static let bufferCapacityMin = 64

    /// `k (2/3)^depth`, at least `levelCapacityMin`; depth 0 is the top level.
    func capacity(depth: Int) -> Int {
        var (capacity, remaining) = (k, depth)
        while remaining > 0, capacity > Self.levelCapacityMin {
            capacity = (2 * capacity + 2) / 3
            remaining -= 1
        }
        return Swift.max(capacity, Self.levelCapacityMin)
    }

    /// Computes what the number of levels decides.
    private mutating func measureCapacities() {
        let buffer = capacity(depth: levels.count)
        bufferCapacity = Swift.max(buffer, Swift.min(k, Self.bufferCapacityMin))
        levelsCapacity = (0..<levels.count).reduce(0) { $0 + capacity(depth: $1) }
    }

    private var levelsCount: Int { levels.reduce(0) { $0 + $1.count } }

    /// Moves half of the buffer up.
    mutating func compress() {
        if levels.isEmpty { appendLevel() }
        promoteBuffer()
        settle()
    }

    /// While the levels hold more than they may together, half of the lowest one that is over its
    /// own capacity moves up.
    mutating func settle() {
        var excess = levelsCount - levelsCapacity
        while excess > 0 {
            let depth = levels.count - 1
            let over = levels.indices.first { levels[$0].count > capacity(depth: depth - $0) }
            guard let over else { break }
            if over == levels.count - 1 { appendLevel() }
            promote(level: over)
            excess = levelsCount - levelsCapacity
        }
        while levels.count > Self.levelsMax { raiseShift() }
    }

    /// A new top level; the others give back what they needed only while they were the top.
    mutating func appendLevel() {
        levels.append([])
        measureCapacities()
        for level in levels.indices {
            var items: [Double] = []
            items.reserveCapacity(2 * capacity(depth: levels.count - 1 - level))
            items.append(contentsOf: levels[level])
            levels[level] = items
        }
    }

    mutating func removeLevels() {
        levels.removeAll(keepingCapacity: true)
        measureCapacities()
    }

    /// Every other item of the buffer, in order, moves up; of an odd number the first stays.
    private mutating func promoteBuffer() {
        var lower: [Double] = []
        swap(&lower, &buffer)
        promoteHalf(of: &lower, to: 0)
        swap(&lower, &buffer)
    }

    private mutating func promote(level: Int) {
        var lower: [Double] = []
        swap(&lower, &levels[level])
        promoteHalf(of: &lower, to: level + 1)
        swap(&lower, &levels[level])
    }

    private mutating func promoteHalf(of lower: inout [Double], to level: Int) {
        SortedRun.sort(&lower)
        let kept = lower.count % 2
        let first = kept + (flip() ? 1 : 0)
        Self.appendEveryOther(of: lower, from: first, to: &levels[level])
        lower.removeLast(lower.count - kept)
    }

    private static func appendEveryOther(
        of sorted: [Double], from first: Int, to level: inout [Double]
    ) {
        let sorted = sorted.span
        level.append(addingCapacity: sorted.count / 2 + 1) { items in
            var index = first
            while index < sorted.count {
                items.append(sorted[index])
                index &+= 2
            }
        }
    }

    /// Doubles the sampler's groups: what is in the buffer moves up or into the sampler, and the
    /// lowest level becomes the buffer.
    mutating func raiseShift() {
        if levels.isEmpty { appendLevel() }
        promoteBuffer()
        let left = buffer.last
        let weight = 1 << UInt64(shift) as UInt64
        buffer.removeAll(keepingCapacity: true)
        buffer.append(contentsOf: levels.removeFirst())
        measureCapacities()
        shift += 1
        sampler.chosen = draw(below: 1 << UInt64(shift))
        if let left { sample(left, weight: weight) }
        if buffer.count >= bufferCapacity { compress() }
    }

    /// One bit of SplitMix64 (Steele, Lea & Flood 2014).
    private mutating func flip() -> Bool { next() >> 63 == 1 }

    /// A number below a power of two.
    mutating func draw(below limit: UInt64) -> UInt64 { next() >> 8 & (limit - 1) }

    private mutating func next() -> UInt64 {
        coin &+= 0x9e37_79b9_7f4a_7c15
        var z = coin
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

extension QuantileSketch {
    /// Numbers held at most: a full buffer, and levels that are over by one promotion.
    public static func itemsMax(k: Int) -> Int {
        let sketch = QuantileSketch(k: k)
        let levels = (0...levelsMax).reduce(0) { $0 + sketch.capacity(depth: $1) }
        return levels + 2 * k
    }

    public var byteCountMax: Int {
        MemoryLayout<Self>.size + Self.itemsMax(k: k) * MemoryLayout<Double>.stride
            + (Self.levelsMax + 2) * 40
    }
}
