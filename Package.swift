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

func tests(_ name: String, on below: Target.Dependency...) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + below, swiftSettings: strict)
}

let package = Package(
    name: "espalier",
    targets: [
        // Layer 0: ground
        .systemLibrary(
            name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CText"),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        layer("Bytes", on: "CText", "CXXHash"),
        layer("JSON", on: "CText", "Bytes"),
        layer("Sparse"),
        // Layer 1: parts
        layer("Events", on: "CText", "CSimdJSON", "Bytes", "JSON"),
        layer("Storage", on: "CZlib", "CZstd"),
        // Layer 2: state
        layer("Features", on: "Bytes", "Sparse", "Events"),
        // Tests
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("JSON", on: "Bytes", "TestSupport", "CAllocationCounter"),
        tests("Storage", on: "TestSupport"),
        tests("Events", on: "Bytes", "JSON", "Storage", "TestSupport", "CAllocationCounter"),
    ],
    cxxLanguageStandard: .cxx20
)
