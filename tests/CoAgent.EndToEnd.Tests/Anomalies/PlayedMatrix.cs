using CoAgent.Trials.Anomalies;

namespace CoAgent.EndToEnd.Tests.Anomalies;

/// <summary>One matrix for all its tests; what was measured is printed when they are through.</summary>
public sealed class PlayedMatrix : IAsyncLifetime
{
    internal Matrix Matrix { get; private set; } = null!;

    public async Task InitializeAsync() => Matrix = new Matrix(await NpmFolder.OpenAsync()) { OrderCount = 1 };

    public async Task DisposeAsync()
    {
        Report.Write("matrix", Matrix.Table());
        await Matrix.DisposeAsync();
    }
}
