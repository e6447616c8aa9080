internal import Pipeline

/// Answers who asks for features from outside, between two turns of tasks: an answer is of one
/// place in the log, and no lock is held while records are stepped.
extension StreamWorker {
    /// After so many rows events have their turn again; a flood of questions takes about half of
    /// the time, as 100 rows of 100 features take about as long as a turn.
    private static let rowsPerTurn = 100

    mutating func answerLookups() {
        let questions = control.takeQuestions(rowsMax: Self.rowsPerTurn)
        guard !questions.isEmpty else { return }
        // One whose state is being made anew does not know its entities yet.
        let numbers = tasks.keys.sorted().filter { tasks[$0]?.isReplaying == false }
        for question in questions {
            var answer: FeatureAnswer?
            for number in numbers {
                guard let part = tasks[number]?.pipeline.answer(question.query) else { continue }
                if answer?.merge(part) == nil { answer = part }
            }
            question.reply(answer.map { .answer($0) } ?? .notServing(phase))
        }
    }
}
