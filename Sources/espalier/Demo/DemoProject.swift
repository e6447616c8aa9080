internal import Foundation
internal import Project

/// The project that the demo runs: simulated card payments, scored for fraud.
enum DemoProject {
    static let topicPartitions = 6

    /// The file as the demo writes it, for the reader to start from.
    static func text(bootstrapServers: String) -> String {
        """
        # Card payments scored for fraud, as `espalier demo` runs them.
        project: card-fraud
        kafka:
          bootstrap.servers: \(bootstrapServers)
          fetch.wait.max.ms: 2
        events:
          topic: payments
          id: transaction_id
          time: timestamp
          fields:
            transaction_id: int64
            timestamp: int64
            customer_id: int64
            terminal_id: int64
            amount: double
            merchant_category: string
            channel: string
            customer_lat: double
            customer_lon: double
            terminal_lat: double
            terminal_lon: double
        labels:
          topic: fraud-labels
          id: transaction_id
          value: fraud
          fields: {transaction_id: int64, fraud: int64}
          maturity: 8d
        features:
          amount:             {value: amount}
          large:              {value: "amount > 220"}
          weekend:            {value: "weekday(time) >= 6"}
          night:              {value: "hour(time) <= 6"}
          distance_km:
            {value: "haversine(customer_lat, customer_lon, terminal_lat, terminal_lon)"}
          customer_count_1d:  {entity: customer_id, aggregate: count, window: 1d}
          customer_count_7d:  {entity: customer_id, aggregate: count, window: 7d}
          customer_count_30d: {entity: customer_id, aggregate: count, window: 30d}
          customer_mean_1d:   {entity: customer_id, aggregate: mean, of: amount, window: 1d}
          customer_mean_7d:   {entity: customer_id, aggregate: mean, of: amount, window: 7d}
          customer_mean_30d:  {entity: customer_id, aggregate: mean, of: amount, window: 30d}
          amount_ratio:       {value: "amount / customer_mean_30d"}
          spending_trend:     {value: "customer_mean_7d / customer_mean_30d"}
          terminal_count_1d:  {entity: terminal_id, aggregate: count, window: 1d, delay: 7d}
          terminal_count_7d:  {entity: terminal_id, aggregate: count, window: 7d, delay: 7d}
          terminal_count_30d: {entity: terminal_id, aggregate: count, window: 30d, delay: 7d}
          terminal_risk_1d:
            {entity: terminal_id, aggregate: mean, of: label, window: 1d, delay: 7d, otherwise: 0}
          terminal_risk_7d:
            {entity: terminal_id, aggregate: mean, of: label, window: 7d, delay: 7d, otherwise: 0}
          terminal_risk_30d:
            {entity: terminal_id, aggregate: mean, of: label, window: 30d, delay: 7d, otherwise: 0}
          merchant:           {category: merchant_category, bits: 8}
          how:                {cross: [merchant_category, channel], bits: 10}
        model: {loss: logistic, reasons: 3}
        # The demo's clock runs half a million times too fast: milliseconds between partitions are
        # hours of event time.
        limits: {lateness: 7d}
        """
    }

    static func load(bootstrapServers: String) throws(Failure) -> ProjectFile {
        do throws(ProjectErrors) {
            return try ProjectFile(Array(text(bootstrapServers: bootstrapServers).utf8))
        } catch {
            throw Failure(.fault, "the demo's own project: \(error.description(of: "demo"))")
        }
    }
}
