namespace CoAgent.Benchmarks.Load;

/// <summary>How long and how hard a target is called.</summary>
internal sealed record LoadPlan(CallKind Kind, int InFlight, TimeSpan Duration, int CallsMax);

/// <summary>What one load gave; latencies in microseconds, sorted, only of loads with one call in flight.</summary>
internal sealed record LoadResult(int Calls, TimeSpan Elapsed, double[] Latencies)
{
    public double CallsPerSecond => Calls / Elapsed.TotalSeconds;
}

/// <summary>A client that costs next to nothing, the same for every row of its transport.</summary>
internal interface IMcpClient : IDisposable
{
    /// <summary>The handshake of the era with sessions: initialize, then the notification that it is done.</summary>
    void Initialize();

    /// <summary>
    /// Keeps that many calls in flight until the time or the count is used up; every answer is checked.
    /// </summary>
    LoadResult Run(LoadPlan plan);
}
