/// A free list as it stood when a snapshot began, copied piece by piece while the list goes on
/// being used.
///
/// The list is a stack whose links stand in the free things themselves, and a link stays as it is
/// until its thing is taken. So it is enough to walk down the list, and to walk on in time when the
/// next one to visit is taken.
struct FreeListCut {
    /// What ends the list.
    private let none: UInt32
    /// The one to visit next; `none` at the end, and while no snapshot is under way.
    private(set) var next: UInt32
    /// Those visited, from the top of the list.
    private(set) var visited: [UInt32] = []

    init(none: UInt32) {
        self.none = none
        next = none
    }

    var isComplete: Bool { next == none }

    mutating func begin(at top: UInt32) {
        next = top
        visited = []
    }

    mutating func end() {
        next = none
        visited = []
    }

    /// Notes the next one, behind which `following` stands.
    mutating func visit(following: UInt32) {
        visited.append(next)
        next = following
    }
}
