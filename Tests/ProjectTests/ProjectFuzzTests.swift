import Foundation
import TestSupport
import Testing

@testable import Project

/// Project files with lines, words and bytes changed at random: faults or a project, never a trap
/// or a long wait.
@Suite struct ProjectFuzzTests {
    @Test(arguments: ["project-bidding.yaml", "project-card-fraud.yaml"], UInt64(0)..<4)
    func damagedFilesNeverTrap(name: String, seed: UInt64) throws {
        let path = "\(SharedData.packageRoot)/schemas/examples/\(name)"
        let source = try String(contentsOfFile: path, encoding: .utf8)
        var random = RandomJSON(seed)
        let words = source.split(whereSeparator: { " {}[],:\n\"".contains($0) }).map(String.init)
        var accepted = 0
        for _ in 0..<150 {
            var text = source
            for _ in 0..<Int.random(in: 1...3, using: &random.random) {
                text = mutant(of: text, words, &random)
            }
            let bytes = Array(text.utf8)
            if (try? ProjectFile(bytes)) != nil { accepted += 1 }
            _ = try? ProjectFile(random.damage(text))
        }
        #expect(accepted < 150)
    }

    /// A word for another, a line twice, gone or elsewhere.
    private func mutant(of text: String, _ words: [String], _ random: inout RandomJSON) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let place = Int.random(in: 0..<lines.count, using: &random.random)
        switch Int.random(in: 0..<5, using: &random.random) {
        case 0: lines.remove(at: place)
        case 1: lines.insert(lines[place], at: place)
        case 2: lines.swapAt(place, Int.random(in: 0..<lines.count, using: &random.random))
        case 3:
            let extremes = ["-1", "0", "1e309", "99999999999999999999", "9999999999d", "null", "~"]
            lines[place] = lines[place].replacing(
                random.pick(words), with: random.pick(extremes), maxReplacements: 1)
        default:
            lines[place] = lines[place].replacing(
                random.pick(words), with: random.pick(words), maxReplacements: 1)
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n")
    }
}
