import Bytes
import Testing

@testable import Simulation

@Suite struct PopulationTests {
    /// Every terminal within the radius is drawn equally often, and no other.
    @Test(arguments: [0.5, 5, 33, 150]) func terminalsNearbyAreDrawnUniformly(radius: Double) {
        var settings = SimulationSettings()
        settings.customers = 20
        settings.terminals = 400
        settings.radius = radius
        let population = Population(settings, seed: 5)
        var random = SeededRandom(seed: 6)
        for customer in population.customers {
            let near = population.terminals.filter { terminal in
                let dx = terminal.x - customer.x
                let dy = terminal.y - customer.y
                return dx * dx + dy * dy < radius * radius
            }
            var seen: [Int32: Double] = [:]
            let draws = 40 * max(near.count, 1)
            for _ in 0..<draws {
                guard let terminal = population.terminal(near: customer, using: &random) else {
                    #expect(near.isEmpty)
                    break
                }
                seen[terminal.number, default: 0] += 1
            }
            #expect(Set(seen.keys) == Set(near.map(\.number)))
            #expect(seen.values.allSatisfy { abs($0 - 40) < 6 * 40.0.squareRoot() })
        }
    }
}
