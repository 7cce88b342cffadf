using System.Collections.Concurrent;
using System.Text;
using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Anomalies;

/// <summary>Plays the rows of the matrix over MCP and says what came out.</summary>
/// <param name="npm">Where the npm server is.</param>
/// <remarks>Plays of one server under one protocol share a daemon; one that failed leaves its daemon to nobody.</remarks>
internal sealed class Matrix(NpmFolder npm) : IAsyncDisposable
{
    private const int LettersMax = 60;

    private static readonly StageServer[] FileServers = [StageServer.Workspace, StageServer.Filesystem];

    private readonly Dictionary<(StageServer Server, string Protocol), Stage> stages = [];
    private readonly ConcurrentQueue<RowResult> results = new();

    public static IReadOnlyList<string> Protocols { get; } = ["none", "mtpo"];

    public static IReadOnlyList<Row> Rows { get; } =
        [.. ClassicalRows.All, .. LivenessRows.All, .. WaitingRows.All, .. ToolRows.All, .. CrashRows.All, .. OutsideRows.All];

    private static List<string> Order { get; } = [.. Rows.Select(row => row.Id)];

    /// <summary>Random orders that are tried beside the bad one where somebody coordinates.</summary>
    public int OrderCount { get; init; } = 2;

    /// <summary>The random orders are drawn from it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What has been played so far.</summary>
    public IEnumerable<RowResult> Results => results;

    /// <summary>Plays a row: on the bad schedule, and where somebody coordinates in random orders too.</summary>
    public async Task<RowResult> PlayAsync(Row row, StageServer server, string protocol, CancellationToken cancellationToken)
    {
        var failure = row switch
        {
            AnomalyRow played => await FailureOfAsync(played, server, protocol, cancellationToken),
            ScriptedRow scripted => await FailureOfAsync(() => scripted.PlayAsync(new StageDoor(server, protocol, npm), cancellationToken)),
            _ => throw new InvalidOperationException($"Nobody knows how to play {row}."),
        };
        var result = new RowResult(row.Id, row.MustHold, server, protocol, failure);
        results.Enqueue(result);
        return result;
    }

    /// <summary>The rows, a line each, with what was measured.</summary>
    public string Table()
    {
        var table = new StringBuilder("""
            Anomalies over MCP: agents behind bridges and over HTTP before one daemon; ✓ holds, ✗ does not, – not played
            (none: on the bad schedule; mtpo: on the bad schedule and in random orders; + files and answers as in the serial run)
                                       workspace     server-filesystem
                                       none  mtpo    none  mtpo

            """);
        foreach (var row in results.GroupBy(result => result.Id).OrderBy(row => Order.IndexOf(row.Key)))
        {
            var marks = FileServers.SelectMany(server => Protocols.Select(protocol => Mark(row, server, protocol)));
            var failure = row.FirstOrDefault(result => result is { Protocol: not "none", Failure: not null })?.Failure;
            table.AppendLine($"  {row.Key,-26} {string.Join("     ", marks)}     {failure ?? row.First().MustHold}");
        }

        return table.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in stages.Values)
        {
            await stage.DisposeAsync();
        }
    }

    private static char Mark(IEnumerable<RowResult> row, StageServer server, string protocol) =>
        row.FirstOrDefault(result => (result.Server, result.Protocol) == (server, protocol)) switch
        {
            null => '–',
            { Failure: null } => '✓',
            _ => '✗',
        };

    private IEnumerable<string> RandomSchedules(AnomalyRow row)
    {
        var random = new Random(Seed);
        for (var order = 0; order < OrderCount; order++)
        {
            var letters = Enumerable.Range(0, LettersMax).Select(_ => (char)('A' + random.Next(row.Play.Scripts.Length)));
            yield return string.Concat(letters.Take(random.Next(4, LettersMax / 2)));
        }
    }

    private async Task<string?> FailureOfAsync(
        AnomalyRow row, StageServer server, string protocol, CancellationToken cancellationToken)
    {
        foreach (var schedule in (string[])[row.Schedule, .. protocol == "none" ? [] : RandomSchedules(row)])
        {
            var stage = await StageOfAsync(server, protocol, cancellationToken);
            if (await FailureOfAsync(() => PlayOnceAsync(row, stage, schedule, cancellationToken)) is { } failure)
            {
                // Whoever did not finish there would be waited for.
                stages.Remove((server, protocol));
                await stage.DisposeAsync();
                return $"{failure}; {schedule}";
            }
        }

        return null;
    }

    private static async Task<string?> PlayOnceAsync(
        AnomalyRow row, Stage stage, string schedule, CancellationToken cancellationToken)
    {
        var scene = stage.NextScene();
        var end = await Performance.PlayAsync(scene, row.Play, schedule, cancellationToken);
        if (!row.Holds(end))
        {
            return $"not {row.MustHold}, but {end.Tree}";
        }

        return stage.IsCoordinated ? await FailureOfAsync(row, scene, end, cancellationToken) : null;
    }

    private static async Task<string?> FailureOfAsync(Func<Task<string?>> play)
    {
        try
        {
            return await play();
        }
        catch (Exception failure)
            when (failure is PlayException or TimeoutException or IOException or InvalidOperationException or FormatException)
        {
            return failure.Message;
        }
    }

    private static async Task<string?> FailureOfAsync(
        AnomalyRow row, Scene scene, PlayEnd end, CancellationToken cancellationToken) =>
        row.HoldsWhenCoordinated(end)
            ? end.DifferenceFrom(await SerialRun.OfAsync(scene, row.Play, cancellationToken))
            : $"not {row.MustHold}";

    private async Task<Stage> StageOfAsync(StageServer server, string protocol, CancellationToken cancellationToken)
    {
        if (!stages.TryGetValue((server, protocol), out var stage))
        {
            stages[(server, protocol)] = stage = await Stage.OpenAsync(server, protocol, npm, cancellationToken);
        }

        return stage;
    }
}

/// <summary>What became of a row on one server under one protocol.</summary>
/// <param name="Id">The row.</param>
/// <param name="MustHold">What must hold.</param>
/// <param name="Server">The server.</param>
/// <param name="Protocol">The rules of coordination.</param>
/// <param name="Failure">What was wrong; null: nothing.</param>
internal sealed record RowResult(string Id, string MustHold, StageServer Server, string Protocol, string? Failure)
{
    public override string ToString() =>
        $"{(Failure is null ? '✓' : '✗')} {Id,-24} {Server,-10} {Protocol}  {Failure ?? MustHold}";
}
