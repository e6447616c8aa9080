internal import Bytes

/// The customers and terminals of one seed. 48 bytes each.
struct Population: Sendable {
    struct Customer: Sendable {
        let x: Double
        let y: Double
        let position: Coordinates
        /// Uniform in 5…100; the standard deviation is half of it.
        let meanAmount: Double
        /// Uniform in 0…4.
        let meanDailyPayments: Double
    }

    struct Terminal: Sendable {
        let number: Int32
        let x: Double
        let y: Double
        let position: Coordinates
        let category: MerchantCategory
    }

    private(set) var customers: [Customer] = []
    /// Ordered by cell of the grid, row by row.
    private(set) var terminals: [Terminal] = []
    /// Where each cell's terminals begin; one more entry than cells.
    private var cellStarts: [Int32] = []
    private let radius: Double
    private let cellsPerSide: Int

    private static let side = 100.0

    init(_ settings: SimulationSettings, seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: Stream.population)
        radius = settings.radius
        cellsPerSide = max(1, Int(Self.side / settings.radius))
        customers = (0..<settings.customers).map { _ in
            let (x, y) = Self.place(&random)
            return Customer(
                x: x, y: y, position: Self.position(x, y), meanAmount: 5 + 95 * random.uniform(),
                meanDailyPayments: 4 * random.uniform())
        }
        let categories = MerchantCategory.allCases.count - 1
        let placed = (0..<settings.terminals).map { number in
            let (x, y) = Self.place(&random)
            let category = MerchantCategory(rawValue: UInt8(random.index(below: categories)))
            return Terminal(
                number: Int32(number), x: x, y: y, position: Self.position(x, y),
                category: category ?? .grocery)
        }
        sortIntoCells(placed)
    }

    /// Uniform on the grid, to a hundredth.
    private static func place(_ random: inout SeededRandom) -> (x: Double, y: Double) {
        (Double(random.index(below: 10_000)) / 100, Double(random.index(below: 10_000)) / 100)
    }

    /// The grid's corner is 50° N, 4° E.
    private static func position(_ x: Double, _ y: Double) -> Coordinates {
        Coordinates(
            latitude: (500_000 + (y * 100).rounded()) / 10_000,
            longitude: (40_000 + (x * 100).rounded()) / 10_000)
    }

    private func cell(_ coordinate: Double) -> Int {
        min(cellsPerSide - 1, Int(coordinate / Self.side * Double(cellsPerSide)))
    }

    private mutating func sortIntoCells(_ placed: [Terminal]) {
        func cellNumber(_ terminal: Terminal) -> Int {
            cell(terminal.y) * cellsPerSide + cell(terminal.x)
        }
        terminals = placed.sorted { (cellNumber($0), $0.number) < (cellNumber($1), $1.number) }
        var counts = [Int32](repeating: 0, count: cellsPerSide * cellsPerSide + 1)
        for terminal in terminals { counts[cellNumber(terminal) + 1] += 1 }
        for cell in counts.indices.dropFirst() { counts[cell] += counts[cell - 1] }
        cellStarts = counts
    }

    /// A terminal nearer to the customer than the radius, all with the same chance; nil when there
    /// is none.
    ///
    /// Cells are at least a radius wide, so the candidates stand in three rows of three cells;
    /// about a third of them are near enough. Expected O(1), at worst O(candidates).
    func terminal(near customer: Customer, using random: inout SeededRandom) -> Terminal? {
        let rows = candidateRows(around: customer)
        let count = rows.0.count + rows.1.count + rows.2.count
        guard count > 0 else { return nil }
        for _ in 0..<Self.triesMax {
            let candidate = terminals[Self.place(random.index(below: count), in: rows)]
            if isNear(candidate, customer) { return candidate }
        }
        let near = (0..<count).filter { isNear(terminals[Self.place($0, in: rows)], customer) }
        guard !near.isEmpty else { return nil }
        return terminals[Self.place(near[random.index(below: near.count)], in: rows)]
    }

    private static let triesMax = 32

    private typealias Rows = (Range<Int>, Range<Int>, Range<Int>)

    private func candidateRows(around customer: Customer) -> Rows {
        let (column, row) = (cell(customer.x), cell(customer.y))
        return (candidates(column, row - 1), candidates(column, row), candidates(column, row + 1))
    }

    private func candidates(_ column: Int, _ row: Int) -> Range<Int> {
        guard (0..<cellsPerSide).contains(row) else { return 0..<0 }
        let first = row * cellsPerSide + max(0, column - 1)
        let last = row * cellsPerSide + min(cellsPerSide - 1, column + 1)
        return Int(cellStarts[first])..<Int(cellStarts[last + 1])
    }

    private static func place(_ index: Int, in rows: Rows) -> Int {
        if index < rows.0.count { return rows.0.lowerBound + index }
        let rest = index - rows.0.count
        if rest < rows.1.count { return rows.1.lowerBound + rest }
        return rows.2.lowerBound + rest - rows.1.count
    }

    private func isNear(_ terminal: Terminal, _ customer: Customer) -> Bool {
        let dx = terminal.x - customer.x
        let dy = terminal.y - customer.y
        return dx * dx + dy * dy < radius * radius
    }
}

/// Independent streams of one seed; a day's and a fault's number are added to theirs.
enum Stream {
    static let population: UInt64 = 1
    static let labels: UInt64 = 2
    static let faults: UInt64 = 1 << 16
    static let payments: UInt64 = 1 << 32
    static let compromises: UInt64 = 2 << 32
}
