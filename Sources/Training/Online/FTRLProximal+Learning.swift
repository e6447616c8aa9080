public import Sparse

extension FTRLProximal {
    /// `intercept + w · vector` with the weights of this moment, which the next `learn` reuses.
    ///
    /// - Precondition: indices are below `width`, values are finite.
    public mutating func margin(of vector: borrowing SparseVector) -> Double {
        weights.removeAll(keepingCapacity: true)
        return Self.margin(of: vector, coordinates, width: width, parameters, into: &weights)
    }

    private static func margin(
        of vector: borrowing SparseVector, _ coordinates: [Coordinate], width: Int,
        _ parameters: Parameters, into weights: inout [Double]
    ) -> Double {
        let indices = vector.indices.span
        let values = vector.values.span
        let coordinates = coordinates.span
        var margin = coordinates[width].weight(parameters)
        weights.append(addingCapacity: indices.count) { weights in
            for k in indices.indices {
                let weight = coordinates[Int(indices[k])].weight(parameters)
                weights.append(weight)
                margin += weight * values[k]
            }
        }
        return margin
    }

    /// Learns from the vector that `margin(of:)` was just called with.
    ///
    /// - Parameter gradient: derivative of the loss by the margin, times the example's importance.
    public mutating func learn(_ vector: borrowing SparseVector, gradient: Double) {
        precondition(weights.count == vector.count, "learn follows margin(of:) of the same vector")
        guard gradient.isFinite else { return }
        if hasIntercept {
            coordinates[width].learn(gradient, weight: intercept, alpha: parameters.alpha)
        }
        Self.learn(
            vector, gradient, weights, alpha: parameters.alpha, &coordinates, touched: &touched)
    }

    private static func learn(
        _ vector: borrowing SparseVector, _ gradient: Double, _ weights: [Double], alpha: Double,
        _ coordinates: inout [Coordinate], touched: inout [UInt32]
    ) {
        let indices = vector.indices.span
        let values = vector.values.span
        let weights = weights.span
        var coordinates = coordinates.mutableSpan
        for k in indices.indices where values[k] != 0 {
            let index = Int(indices[k])
            coordinates[index].learn(gradient * values[k], weight: weights[k], alpha: alpha)
            if coordinates[index].touched == 0 {
                coordinates[index].touched = 1
                touched.append(indices[k])
            }
        }
    }

    /// Calls `body` for each index that learned since the last call, once each. O(those).
    public mutating func drainTouched(_ body: (_ index: UInt32, _ weight: Double) -> Void) {
        for index in touched {
            coordinates[Int(index)].touched = 0
            body(index, weight(at: Int(index)))
        }
        touched.removeAll(keepingCapacity: true)
    }
}
