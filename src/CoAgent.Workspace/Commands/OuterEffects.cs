using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>Effects of commands outside of files, captured and taken back as manifests of the catalog say.</summary>
/// <remarks>
/// What all of them need is captured before the line runs, and they are taken back in reverse order. A manifest that is not there, or not trusted,
/// knows nothing: the line is then irreversible.
/// </remarks>
/// <param name="root">The canonical path of the root, where the manifests' programs run.</param>
/// <param name="profiles">The manifests.</param>
internal sealed class OuterEffects(string root, IToolProfiles profiles)
{
    /// <summary>What a line with such effects touches; null when one of them is not known, or cannot be taken back.</summary>
    internal CallDeclaration? Declare(CommandBinding.Outer line)
    {
        var declared = new CallDeclaration(line.Touched) { HasProbe = false };
        foreach (var effect in line.Effects)
        {
            using var arguments = JsonDocument.Parse(effect.ArgumentsUtf8);
            if (Find(effect) is not ({ } profile, var tool)
                || profile.Declare(new ListedTool(tool, Definition: null), arguments.RootElement) is not Declaring.Known { Declaration.Call: var call }
                || call.IsIrreversible
                || Join(declared.Footprint, call.Footprint) is not { } joined)
            {
                return null;
            }

            declared = declared with
            {
                Footprint = joined,
                IsReplaySafe = declared.IsReplaySafe && call.IsReplaySafe,
                IsInverseIdempotent = declared.IsInverseIdempotent && call.IsInverseIdempotent,
            };
        }

        return declared;
    }

    /// <summary>Captures what the inverses of all effects need.</summary>
    internal async Task<Preparation> PrepareAsync(
        WriteEffect effect, ImmutableArray<KnownEffect> effects, (CaptureManifest Manifest, Capture Capture) files, CancellationToken cancellationToken)
    {
        var prepared = ImmutableArray.CreateBuilder<Prepared>();
        foreach (var one in effects)
        {
            var (profile, tool) = Find(one);
            var inner = effect with { Call = CallOf(effect.Call, one, tool), Beneath = null };
            switch (profile is null ? new Preparation.NotPossible("its manifest is there no longer") : await profile.PrepareAsync(inner, cancellationToken))
            {
                case Preparation.Ready ready:
                    prepared.Add(new Prepared(one, inner, ready));
                    break;
                case var other:
                    return other;
            }
        }

        var capture = new OuterCapture(files.Manifest, [.. prepared.Select(static part => new OuterCapture.Part(part.Effect, part.Ready.Before.ManifestUtf8))]);
        var contents = files.Capture.Contents.Concat(prepared.SelectMany(static part => part.Ready.Before.Contents)).DistinctBy(static content => content.Id);
        return new Preparation.Ready(
            new Capture(capture.ToUtf8(), [.. contents]), new CommandPlan.RunOuter(files.Manifest, prepared.ToImmutable()));
    }

    /// <summary>What a line has left.</summary>
    internal async Task<ReadOnlyMemory<byte>> LookAfterAsync(CommandPlan.RunOuter plan, ToolResult result, CancellationToken cancellationToken)
    {
        var parts = ImmutableArray.CreateBuilder<OuterCapture.Part>();
        foreach (var (effect, call, ready) in plan.Effects)
        {
            var words = Find(effect).Profile is { } profile
                ? await profile.LookAfterAsync(call, ready, result, cancellationToken)
                : ReadOnlyMemory<byte>.Empty;
            parts.Add(new OuterCapture.Part(effect, words));
        }

        return new OuterCapture(FileCapture.Look(plan.Files, CancellationToken.None), parts.ToImmutable()).ToUtf8();
    }

    /// <summary>Takes the effects back, the last first.</summary>
    /// <returns>What stopped it; done when all are taken back.</returns>
    internal async Task<Inversion> InvertAsync(NamedCall call, Captured captured, OuterCapture before, CancellationToken cancellationToken)
    {
        var after = OuterCapture.TryParse(captured.AfterUtf8);
        for (var at = before.Effects.Length - 1; at >= 0; at--)
        {
            var (effect, words) = before.Effects[at];
            var own = new Captured(new Capture(words, captured.Before.Contents), after?.Effects[at].WordsUtf8 ?? default);
            var (server, tool) = ServerOf(effect);
            var inversion = await profiles.FindAsync(server, own, cancellationToken) is { } profile
                ? await profile.InvertAsync(CallOf(call, effect, tool), own, cancellationToken)
                : new Inversion.Failed($"Nobody has described how '{effect.Manifest}' is taken back.");
            if (inversion is not Inversion.Done)
            {
                return inversion;
            }
        }

        return new Inversion.Done();
    }

    private (IToolProfile? Profile, string Tool) Find(KnownEffect effect)
    {
        var (server, tool) = ServerOf(effect);
        return (profiles.Find(server), tool);
    }

    // The manifests of a program are those of a server that nobody starts.
    private (ForeignServer Server, string Tool) ServerOf(KnownEffect effect)
    {
        var cut = effect.Manifest.IndexOf('/', StringComparison.Ordinal);
        var profile = effect.Manifest[..Math.Max(cut, 0)];
        return (new ForeignServer(profile, OwnName: null, profile, [profile], root), effect.Manifest[(cut + 1)..]);
    }

    private NamedCall CallOf(NamedCall call, KnownEffect effect, string tool) =>
        call with { Request = new ToolRequest(ServerOf(effect).Server.Name, tool, effect.ArgumentsUtf8) };

    private static Touched? Join(Touched one, Touched other) =>
        Touched.TryCreate(one.Reads.AddRange(other.Reads), one.Writes.AddRange(other.Writes));

    /// <summary>An effect of which all that its inverse needs is captured.</summary>
    /// <param name="Effect">The effect.</param>
    /// <param name="Write">It as a call of its manifest.</param>
    /// <param name="Ready">What was captured.</param>
    internal sealed record Prepared(KnownEffect Effect, WriteEffect Write, Preparation.Ready Ready);
}
