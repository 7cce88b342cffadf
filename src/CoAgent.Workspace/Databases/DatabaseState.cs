using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Foreign;
using Microsoft.Data.Sqlite;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Databases;

/// <summary>The state <c>sqlite</c> of manifests: what foreign tools change in a SQLite database is captured, compared and restored here.</summary>
/// <remarks>
/// Every statement is first executed over a copy. What the server's own one has left is then found by comparing the database with the copy, so
/// that nothing depends on how the server executes it. Nothing is kept open between two looks.
/// </remarks>
/// <param name="contents">Where captured contents are found again.</param>
public sealed class DatabaseState(IContentSource contents) : IToolState
{
    private const string Changed = "The database changed while the call waited; make it again.";
    private const int DeclareBusyMilliseconds = 250;
    private const int LearntMax = 4096;

    // How much is written in the journal's words beside what was foreseen, and how much is kept of what could be foreseen.
    private const int LeftBytesMax = 4 << 20;
    private const int UncertainBytesMax = 8 << 20;

    private readonly FilePaths _paths = new();
    private readonly DatabaseInverse _inverse = new(contents);

    // What calls were found to touch at their positions, where the schema may be another.
    private ImmutableDictionary<string, Touched> _learnt = ImmutableDictionary.Create<string, Touched>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "sqlite";

    /// <inheritdoc/>
    public Touched? Declare(StatefulCall call)
    {
        try
        {
            if (DatabaseCall.Of(call, _paths) is not { } asked)
            {
                return null;
            }

            using var database = DatabaseFile.Open(asked.Path, busyMilliseconds: DeclareBusyMilliseconds);
            var touched = DatabaseFootprint.Of(asked, database)?.Touched;
            return touched is not null && _learnt.TryGetValue(asked.Key, out var learnt)
                ? Touched.Create(touched.Reads.Concat(learnt.Reads), touched.Writes.Concat(learnt.Writes))
                : touched;
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Preparation> PrepareAsync(StatefulCall call, WriteEffect effect, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => Prepare(call, effect, cancellationToken), cancellationToken);
        }
        catch (SqliteException failure)
        {
            return new Preparation.NotPossible($"The database cannot be captured: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return new Preparation.NotPossible($"The database cannot be captured: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            return new Preparation.NotPossible("The workspace stopped.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        StatefulCall call, WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken)
    {
        try
        {
            return prepared.State is DatabaseRehearsal rehearsal
                ? await Task.Run(() => Look(rehearsal), cancellationToken)
                : ReadOnlyMemory<byte>.Empty;
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException or FormatException or OperationCanceledException)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        captured.Before.ManifestUtf8.IsEmpty
            ? new Inversion.Done()
            : await Task.Run(async () => await _inverse.RunAsync(captured, cancellationToken), CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        captured.Before.ManifestUtf8.IsEmpty
            ? Finding.DidNotHappen
            : await Task.Run(async () => await _inverse.ProbeAsync(captured, cancellationToken), CancellationToken.None);

    private Preparation Prepare(StatefulCall call, WriteEffect effect, CancellationToken cancellationToken)
    {
        if (DatabaseCall.Of(call, _paths) is not { } asked)
        {
            return new Preparation.NotPossible(Changed);
        }

        using var database = DatabaseFile.Open(asked.Path);
        if (DatabaseFootprint.Of(asked, database) is not { } bound || effect.Beneath is not null)
        {
            return new Preparation.NotPossible(Changed);
        }

        if (effect.Declared is { } declared && !IsDeclared(declared, bound.Touched))
        {
            Learn(asked.Key, bound.Touched);
            return new Preparation.NotPossible(Changed);
        }

        return bound.Touched.IsRead
            ? new Preparation.Ready(Capture.Empty)
            : DatabaseRehearsal.Make(bound, database, UncertainBytesMax, cancellationToken) is { } rehearsal
                ? new Preparation.Ready(rehearsal.Capture, rehearsal)
                : new Preparation.NotPossible(
                    $"The database is larger than {DatabaseCopy.BytesMax >> 20} MiB: only statements that name one row by its key can be taken back.");
    }

    private static ReadOnlyMemory<byte> Look(DatabaseRehearsal rehearsal)
    {
        using var database = DatabaseFile.Open(rehearsal.Manifest.Path);
        var left = rehearsal.Look(database)?.ToUtf8();
        return left is { Length: <= LeftBytesMax } ? left : ReadOnlyMemory<byte>.Empty;
    }

    private static bool IsDeclared(Touched declared, Touched touched)
    {
        bool Covers(IEnumerable<ObjectPattern> all, ObjectPattern one) => all.Any(pattern => pattern.Covers(one));
        return touched.Writes.All(pattern => Covers(declared.Writes, pattern))
            && touched.Reads.All(pattern => Covers(declared.Reads, pattern) || Covers(declared.Writes, pattern));
    }

    // The same call made again is not refused for that for ever.
    private void Learn(string key, Touched touched) => ImmutableInterlocked.Update(
        ref _learnt,
        static (all, learnt) => (all.Count < LearntMax ? all : all.Clear()).SetItem(learnt.Key, all.TryGetValue(learnt.Key, out var earlier)
            ? Touched.Create(earlier.Reads.Concat(learnt.Touched.Reads), earlier.Writes.Concat(learnt.Touched.Writes))
            : learnt.Touched),
        (Key: key, Touched: touched));
}
