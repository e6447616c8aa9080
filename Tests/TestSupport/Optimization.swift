/// Whether the tests were built with optimization; without, the compiler adds allocations of its
/// own.
public let isOptimized: Bool = {
    var optimized = true
    assert(
        {
            optimized = false
            return true
        }())
    return optimized
}()
