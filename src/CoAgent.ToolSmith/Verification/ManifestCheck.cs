using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>Checks a manifest by observation: every law, on every example (docs/catalog.md, "Verification").</summary>
/// <param name="ground">What trials are made with.</param>
public sealed class ManifestCheck(TrialGround ground)
{
    private static readonly ImmutableArray<Law> s_laws = [Law.Footprint, Law.Undo, Law.Replay, Law.Guard];

    /// <summary>Checks it.</summary>
    /// <param name="subject">The manifest.</param>
    /// <param name="progress">Is told each result as it is found.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<CheckedManifest> RunAsync(TrialSubject subject, Action<LawResult> progress, CancellationToken cancellationToken)
    {
        var results = ImmutableArray.CreateBuilder<LawResult>();
        var found = new CheckedManifest(new CheckReport($"{ground.Support}", Server: null, []), Definition: null);
        foreach (var example in subject.Manifest.Examples)
        {
            try
            {
                await using var trial = await Trial.BeginAsync(subject, example, ground, cancellationToken);
                found = new CheckedManifest(found.Report with { Server = trial.Server }, trial.Definition);
                var seen = await trial.ObserveAsync(cancellationToken);
                Tell(Law.Footprint, FootprintLaw.Judge(seen));
                Tell(Law.Undo, UndoLaw.Judge(seen));
                Tell(Law.Replay, ReplayLaw.Judge(seen));
                Tell(Law.Guard, await GuardAsync(subject, example, trial, seen, cancellationToken));
            }
            catch (SandboxException failure)
            {
                foreach (var law in s_laws.Where(law => !results.Any(result => result.Example == example.Name && result.Law == law)))
                {
                    Tell(law, new LawOutcome.Inconclusive(failure.Message));
                }
            }

            void Tell(Law law, LawOutcome outcome)
            {
                var result = new LawResult(example.Name, law, outcome);
                results.Add(result);
                progress(result);
            }
        }

        return found with { Report = found.Report with { Results = results.ToImmutable() } };
    }

    private async Task<LawOutcome> GuardAsync(
        TrialSubject subject, ManifestExample example, Trial first, Observation seen, CancellationToken cancellationToken)
    {
        if (first.Declared.IsRead || first.Declared.IsIrreversible)
        {
            return new LawOutcome.NotPromised(first.Declared.IsRead ? "it writes nothing" : "it is declared irreversible");
        }

        if (subject.Manifest is { State: null, Reverse: null or { Guard.IsEmpty: true } })
        {
            return new LawOutcome.NotPromised("it has no guard");
        }

        // The call stands, made again after its inverse: what is planted comes last, so it needs no world of its own.
        if (seen is { Undone: { } undone, Redone: { } redone })
        {
            return await first.GuardAsync(example, undone, redone, cancellationToken);
        }

        await using var trial = await Trial.BeginAsync(subject, example, ground, cancellationToken);
        var (before, after) = await trial.MakeAsync(cancellationToken);
        return await trial.GuardAsync(example, before, after, cancellationToken);
    }
}

/// <summary>A manifest that was checked.</summary>
/// <param name="Report">What it has shown.</param>
/// <param name="Definition">The tool as its server lists it; null where the server did not start.</param>
public sealed record CheckedManifest(CheckReport Report, JsonElement? Definition);
