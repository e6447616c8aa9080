import Model
import Testing

struct LossTests {
    private static let margins = stride(from: -20.0, through: 20, by: 0.37)

    private func labels(_ loss: Loss) -> [Double] {
        switch loss {
        case .logistic: [0, 0.3, 1]
        case .squared: [-3, 0, 2.5]
        case .poisson: [0, 1, 7]
        }
    }

    @Test(arguments: Loss.allCases) func theGradientIsTheSlopeOfTheLoss(loss: Loss) {
        for margin in Self.margins {
            for label in labels(loss) {
                let step = 1e-5
                let slope =
                    (loss.value(atMargin: margin + step, label: label)
                        - loss.value(atMargin: margin - step, label: label)) / (2 * step)
                let gradient = loss.gradient(atMargin: margin, label: label)
                #expect(abs(slope - gradient) < 1e-6 * max(1, abs(gradient)))
            }
        }
    }

    @Test(arguments: Loss.allCases) func theLinkIsUndoneByItsInverse(loss: Loss) {
        for margin in Self.margins {
            let back = loss.margin(atPrediction: loss.prediction(atMargin: margin))
            #expect(abs(back - margin) < 1e-6)
        }
    }

    @Test(arguments: Loss.allCases) func farMarginsAreFinite(loss: Loss) {
        for margin in [-1e308, -800, 800, 1e154] {
            #expect(loss.prediction(atMargin: margin).isFinite)
            #expect(loss.gradient(atMargin: margin, label: 1).isFinite)
        }
        #expect(Loss.logistic.value(atMargin: 800, label: 0) == 800)
        #expect(Loss.logistic.value(atMargin: -800, label: 0) == 0)
    }

    @Test func labelsOutsideTheLossAreNotAccepted() {
        #expect(!Loss.logistic.accepts(label: -1) && !Loss.logistic.accepts(label: .nan))
        #expect(!Loss.poisson.accepts(label: -0.5) && !Loss.poisson.accepts(label: .infinity))
        #expect(!Loss.squared.accepts(label: .nan) && Loss.squared.accepts(label: -1e300))
    }
}
