using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Effects;

/// <summary>The effects of calls that change files, whoever carries the calls out.</summary>
/// <param name="limits">How much is captured.</param>
/// <param name="contents">Where captured contents are found again.</param>
/// <param name="top">The canonical path of the directory that nobody makes or removes.</param>
/// <param name="inTurn">Runs a change while no other one runs.</param>
internal sealed class FileEffects(
    WorkspaceLimits limits, IContentSource contents, string top, Func<Action, CancellationToken, Task> inTurn)
{
    internal const string Changed = "The files that it names changed while the call waited; make it again.";
    internal const string Stopped = "The workspace stopped while it ran.";

    private readonly RecentPaths _recent = new();
    private readonly FileInverse _inverse = new(contents);
    private PositionedFootprints? _positions;

    /// <summary>How much is captured, and how.</summary>
    internal FileCapture Capture { get; } = new(limits);

    /// <summary>What footprints are at positions.</summary>
    internal PositionedFootprints Positions => _positions ??= new PositionedFootprints(_recent, top);

    /// <summary>Remembers what was captured elsewhere.</summary>
    internal void Learn(CaptureManifest manifest) => _recent.Learn(manifest);

    /// <summary>Captures what a write would change.</summary>
    /// <param name="effect">The write.</param>
    /// <param name="key">What is the same for the same call made again.</param>
    /// <param name="touched">What it would touch now.</param>
    /// <param name="then">What it will leave.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal Preparation Prepare(
        WriteEffect effect,
        string key,
        Touched touched,
        IReadOnlyDictionary<string, Expectation> then,
        CancellationToken cancellationToken)
    {
        if (!Positions.IsDeclared(key, effect.Declared, touched))
        {
            return new Preparation.NotPossible(Changed);
        }

        if (effect.Beneath is { } later && !FileInverse.IsStillThere(later, cancellationToken))
        {
            return new Preparation.OutsideWrite();
        }

        var (manifest, capture) = Capture.Take(touched.Writes, then, effect.Beneath?.Before, cancellationToken);
        _recent.Learn(manifest);
        return new Preparation.Ready(capture, manifest);
    }

    /// <summary>A preparation, with what can go wrong in it put in words.</summary>
    internal static async Task<Preparation> GuardAsync(string tool, Func<Task<Preparation>> prepare)
    {
        try
        {
            return await prepare();
        }
        catch (NotCapturableException fault)
        {
            return new Preparation.NotPossible($"It was not done, for it could not be taken back: {fault.Message}.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Preparation.NotPossible($"It was not done, for it could not be taken back: {FileFailure.Explain(tool, failure)}");
        }
        catch (FormatException fault)
        {
            return new Preparation.NotPossible($"It was not done, for it could not be taken back: {fault.Message}");
        }
        catch (OperationCanceledException)
        {
            return new Preparation.NotPossible(Stopped);
        }
    }

    /// <summary>What a write left; empty when nobody can tell: an inverse then goes by what it was to leave.</summary>
    internal static ReadOnlyMemory<byte> LookAfter(Preparation.Ready prepared)
    {
        try
        {
            return prepared.State is CaptureManifest manifest
                ? FileCapture.Look(manifest, CancellationToken.None).ToUtf8()
                : ReadOnlyMemory<byte>.Empty;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotCapturableException)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    /// <summary>Takes a write back.</summary>
    internal async ValueTask<Inversion> InvertAsync(Captured captured, CancellationToken cancellationToken)
    {
        if (captured.Before.ManifestUtf8.IsEmpty)
        {
            return new Inversion.Done();
        }

        try
        {
            _recent.Learn(CaptureManifest.Parse(captured.Before.ManifestUtf8));
            return await _inverse.RunAsync(captured, inTurn, cancellationToken);
        }
        catch (FormatException fault)
        {
            return new Inversion.Failed(fault.Message);
        }
        catch (OperationCanceledException)
        {
            return new Inversion.Unknown(Stopped);
        }
    }

    /// <summary>Finds out whether a write happened.</summary>
    internal static async ValueTask<Finding> ProbeAsync(Captured captured, CancellationToken cancellationToken)
    {
        try
        {
            return captured.Before.ManifestUtf8.IsEmpty
                ? Finding.DidNotHappen
                : await Task.Run(() => FileInverse.Probe(captured, cancellationToken), cancellationToken);
        }
        catch (Exception fault) when (fault is FormatException or OperationCanceledException)
        {
            return Finding.Unclear;
        }
    }
}
