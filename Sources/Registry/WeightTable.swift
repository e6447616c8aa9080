public import Bytes
public import Model

/// A model's weights as CSV (RFC 4180), a line for each that is not 0:
///
///     feature,bucket,weight,mean,scale,coefficient
///     (Intercept),,-6.259314396525067,,,-7.98…
///     amount,,1.3687195323,53.619494912345,42.09772576,0.0325…
///     merchant,17,0.3333333333333333,,,0.3333333333333333
///
/// `weight` belongs to the standardised feature, `coefficient` to the raw one; the intercept's
/// `coefficient` is what fits the raw coefficients. Numbers read back exactly.
public struct WeightTable: Sendable {
    private let content: ModelContent

    public init(_ content: ModelContent) { self.content = content }

    /// Appends header and lines.
    public func write(to writer: inout ByteWriter) {
        writer.append("feature,bucket,weight,mean,scale,coefficient\n")
        row("(Intercept)", nil, content.intercept, nil, content.rawIntercept, to: &writer)
        for feature in content.features {
            switch feature.weights {
            case .numeric(let weight, let scaling):
                guard weight != 0, scaling.scale > 0 else { continue }
                row(feature.name, nil, weight, scaling, weight / scaling.scale, to: &writer)
            case .category(_, let entries):
                for entry in entries where entry.weight != 0 {
                    row(feature.name, entry.bucket, entry.weight, nil, entry.weight, to: &writer)
                }
            }
        }
    }

    private func row(
        _ name: String, _ bucket: Int?, _ weight: Double, _ scaling: Standardization?,
        _ coefficient: Double, to writer: inout ByteWriter
    ) {
        writer.append(cell: name)
        writer.append(UInt8(ascii: ","))
        writer.append(bucket.map { "\($0)" } ?? "")
        for number in [weight, scaling?.mean, scaling?.scale, coefficient] {
            writer.append(UInt8(ascii: ","))
            if let number, number.isFinite { writer.append(shortest: number) }
        }
        writer.append(UInt8(ascii: "\n"))
    }
}

extension ModelContent {
    /// The intercept that belongs to coefficients of the raw features.
    var rawIntercept: Double {
        features.reduce(intercept) { intercept, feature in
            guard case .numeric(let weight, let scaling) = feature.weights, scaling.scale > 0
            else { return intercept }
            return intercept - weight * scaling.mean / scaling.scale
        }
    }
}
