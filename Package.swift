// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableExperimentalFeature("Lifetimes"),
]

/// A library may import only the targets named in `below`; CI makes any other import an error.
func layer(_ name: String, on below: Target.Dependency...) -> Target {
    .target(name: name, dependencies: below, swiftSettings: strict)
}

/// As `layer`, for a loop over objects that one thread owns: that no access to their properties
/// overlaps another is checked at run time in debug builds only, so in nearly all tests, where it
/// would cost a tenth of the loop.
func loop(_ name: String, on below: Target.Dependency...) -> Target {
    let unchecked = SwiftSetting.unsafeFlags(
        ["-enforce-exclusivity=unchecked"], .when(configuration: .release))
    return .target(name: name, dependencies: below, swiftSettings: strict + [unchecked])
}

/// An executable may import what is named in `below`; it is optimised across modules.
func command(_ name: String, on below: Target.Dependency...) -> Target {
    let crossModule = SwiftSetting.unsafeFlags(
        ["-cross-module-optimization"], .when(configuration: .release))
    return .executableTarget(
        name: name, dependencies: below, swiftSettings: strict + [crossModule])
}

func tests(_ name: String, on below: Target.Dependency...) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + below, swiftSettings: strict)
}

let package = Package(
    name: "espalier",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    ],
    targets: [
        // Layer 0: ground
        .systemLibrary(
            name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(
            name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CPrefetch"),
        .target(name: "CProducts"),
        .target(name: "CSorting"),
        .target(name: "CText"),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CReferenceLoop", dependencies: ["CRdKafka"]),
        layer(
            "Bytes", on: "CPrefetch", "CText", "CXXHash",
            .product(name: "Crypto", package: "swift-crypto")),
        layer("JSON", on: "CText", "Bytes"),
        layer("Sparse", on: "CProducts"),
        // Layer 1: parts
        layer("Kafka", on: "CPrefetch", "CRdKafka"),
        layer("Events", on: "CText", "CSimdJSON", "Bytes", "JSON"),
        layer("Model", on: "Bytes", "JSON", "Sparse"),
        layer("Sketches", on: "CSorting", "Bytes"),
        layer("Storage", on: "CZlib", "CZstd"),
        // Layer 2: state
        layer("Features", on: "Bytes", "Sparse", "Events", "Model"),
        layer("Training", on: "Bytes", "Sparse", "Model"),
        layer("Simulation", on: "Bytes"),
        layer("Statistics", on: "Bytes", "Sketches"),
        layer("Drift", on: "Bytes", "JSON", "Model", "Sketches", "Statistics"),
        layer("Usage", on: "Bytes", "Sparse", "Model", "Sketches", "Statistics"),
        layer(
            "Registry", on: "Bytes", "JSON", "Model", "Storage",
            .product(name: "Crypto", package: "swift-crypto")),
        // Layer 3: path
        layer(
            "Pipeline", on: "Bytes", "JSON", "Sparse", "Events", "Sketches", "Model", "Features",
            "Training", "Statistics", "Usage", "Drift"),
        layer(
            "Project", on: "Bytes", "Events", "Features", "Drift", "Model", "Training",
            "Statistics",
            .product(name: "Yams", package: "Yams")),
        // Layer 4: process
        loop(
            "Worker", on: "Bytes", "Storage", "Kafka", "Events", "Model", "Features", "Training",
            "Drift", "Pipeline",
            .product(name: "Histogram", package: "hdrhistogram-swift")),
        layer("Webhooks", on: "Bytes", "JSON", "Drift"),
        layer(
            "HTTP", on: "Bytes", "JSON", "Events", "Features", "Usage", "Pipeline", "Worker",
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio")),
        // Layer 5: commands
        command(
            "espalier", on: "Bytes", "JSON", "Sparse", "Kafka", "Events", "Storage", "Model",
            "Features", "Drift", "Sketches", "Statistics", "Usage", "Training", "Simulation",
            "Registry", "Pipeline", "Project", "Worker", "Webhooks", "HTTP",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "Histogram", package: "hdrhistogram-swift")),
        command(
            "Benchmarks", on: "Bytes", "JSON", "Sparse", "Kafka", "Events", "Storage", "Model",
            "Features", "Sketches", "Statistics", "Usage", "Training", "Simulation", "Drift",
            "Pipeline", "Worker", "CReferenceLoop", "CAllocationCounter",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "Histogram", package: "hdrhistogram-swift")),
        // Tests
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .target(
            name: "TestSupport", dependencies: ["Bytes"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "PipelineFixture",
            dependencies: [
                "Bytes", "Events", "Features", "Model", "Pipeline", "TestSupport", "Training",
            ], path: "Tests/PipelineFixture", swiftSettings: strict),
        .executableTarget(
            name: "MockBroker", dependencies: ["Kafka"], path: "Tests/MockBroker",
            swiftSettings: strict),
        .executableTarget(
            name: "KafkaOverhead", dependencies: ["CReferenceLoop", "Kafka"],
            path: "Tests/KafkaOverhead", swiftSettings: strict),
        .testTarget(name: "StyleTests", swiftSettings: strict),
        tests("Bytes", on: "TestSupport"),
        tests("JSON", on: "Bytes", "TestSupport", "CAllocationCounter"),
        tests("Kafka", on: "CReferenceLoop", "MockBroker"),
        tests("Events", on: "Bytes", "JSON", "Storage", "TestSupport", "CAllocationCounter"),
        tests("Sketches", on: "Bytes", "TestSupport", "CAllocationCounter"),
        tests("Storage", on: "TestSupport"),
        tests("Model", on: "Bytes", "JSON", "Sparse", "TestSupport", "CAllocationCounter"),
        tests("Features", on: "Bytes", "Sparse", "Events", "Model", "Simulation", "TestSupport"),
        tests(
            "Training", on: "Bytes", "JSON", "Sparse", "Model", "TestSupport", "CAllocationCounter"),
        tests("Drift", on: "Bytes", "JSON", "Model", "Statistics", "TestSupport"),
        tests("Webhooks", on: "Drift", "TestSupport"),
        tests("HTTP", on: "Bytes"),
        tests("Simulation", on: "Bytes"),
        tests(
            "Registry", on: "Bytes", "JSON", "Model", "Sparse", "Storage", "TestSupport", "espalier"
        ),
        tests("Usage", on: "Bytes", "Model", "Sketches", "Sparse", "Statistics", "TestSupport"),
        tests("Statistics", on: "Bytes", "Sketches", "TestSupport", "CAllocationCounter"),
        tests(
            "Pipeline", on: "Bytes", "Events", "Features", "JSON", "Model", "PipelineFixture",
            "Sparse", "Statistics", "Usage", "TestSupport", "Training", "CAllocationCounter"),
        tests(
            "Worker", on: "Bytes", "Drift", "Events", "Features", "JSON", "Kafka", "Model",
            "Pipeline", "PipelineFixture", "Project", "Registry", "TestSupport", "Training",
            "MockBroker", "espalier"),
        tests(
            "espalier", on: "Bytes", "Drift", "JSON", "Events", "Kafka", "Project", "Usage",
            "Storage", "Model", "Features", "Training", "Simulation", "Registry", "Pipeline",
            "PipelineFixture", "TestSupport", "Webhooks", "Worker",
            .product(name: "ArgumentParser", package: "swift-argument-parser")),
        tests("Project", on: "Drift", "Events", "Features", "Model", "Training", "TestSupport"),
    ],
    cxxLanguageStandard: .cxx20
)
