import Features
import Foundation
import TestSupport
import Testing

@testable import Project

/// The page about the project file names every key, and its first example is a project.
struct ProjectDocumentationTests {
    let page: String

    init() throws {
        let path = "\(SharedData.packageRoot)/Sources/Project/Project.docc/ProjectFile.md"
        page = try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test func everyKeyIsNamed() {
        let keys: [String] =
            ProjectFile.Key.allCases.map(\.rawValue) + EventSource.Key.allCases.map(\.rawValue)
            + LabelSource.Key.allCases.map(\.rawValue)
            + DeclaredFeature.Key.allCases.map(\.rawValue)
            + AggregateShape.allCases.map(\.rawValue) + ModelSettings.Key.allCases.map(\.rawValue)
            + LearningSettings.Key.allCases.map(\.rawValue)
            + RegistrySettings.Key.allCases.map(\.rawValue)
            + ObservationSection.Key.allCases.map(\.rawValue)
            + DriftSettings.Key.allCases.map(\.rawValue)
            + AlertSettings.Key.allCases.map(\.rawValue)
            + AlertReader.RuleKey.allCases.map(\.rawValue)
            + AlertReader.ObjectiveKey.allCases.map(\.rawValue)
            + PruningSettings.Key.allCases.map(\.rawValue)
            + DeliverySettings.Key.allCases.map(\.rawValue)
            + ProjectLimits.Key.allCases.map(\.rawValue) + OutputTopic.allCases.map(\.rawValue)
        for key in keys {
            let isNamed = ["`\(key)`", "`learning.\(key)`", "`topics.\(key)`", "`registry.\(key)`"]
                .contains { page.contains($0) }
            #expect(isNamed || key == "learning" || key == "topics", "\(key)")
        }
    }

    @Test func theExampleIsAProject() throws {
        let example = page.split(separator: "```")
            .first { $0.hasPrefix("yaml\n") }.map { $0.dropFirst(5) }
        let project = try ProjectFile(Array(try #require(example).utf8))
        #expect(project.features.count == 4)
    }

    @Test func defaultLimitsAreThoseOfThePage() throws {
        let limits = FeatureLimits()
        #expect(page.contains("| `entitiesMax` | `\(limits.entitiesMax)` |"))
        #expect(page.contains("| `windowEventsMax` | `\(limits.windowEventsMax)` |"))
        #expect(page.contains("| `retainedEventsMax` | `\(limits.retainedEventsMax)` |"))
        #expect(page.contains("| `lateness` | `\(limits.latenessMillis / 1_000)s` |"))
        #expect(page.contains("| `idle` | `\(limits.idleMillis / 86_400_000)d` |"))
    }
}
