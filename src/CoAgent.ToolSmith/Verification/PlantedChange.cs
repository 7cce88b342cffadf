using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;

namespace CoAgent.ToolSmith.Verification;

/// <summary>A change that somebody outside might have made after a call: a guard has to notice it.</summary>
/// <remarks>
/// What the example says; else a file that the call wrote gets another line; one that it removed is there again. Where no file changed, the call is taken back behind the
/// guard's back: what the call left is then not there any more, and taking it back a second time must notice that.
/// </remarks>
internal sealed class PlantedChange(TrialSteps steps, TrialCall call, string root, ImmutableArray<string> stores)
{
    private const string Foreign = "somebody else was here\n";

    /// <summary>Makes one.</summary>
    /// <returns>What was done, for evidence; null where nothing could be.</returns>
    internal async Task<string?> PlantAsync(
        ManifestExample example,
        WorldState before,
        WorldState after,
        Func<CancellationToken, Task<WorldState>> look,
        CancellationToken cancellationToken)
    {
        if (!example.Outside.IsEmpty)
        {
            await steps.DoAsync(example.Outside, cancellationToken);
            return "what the example says that somebody else does (\"outside\")";
        }

        var changes = before.Tree.ChangesTo(after.Tree)
            .Where(change => change.Path != root && (before.Answers.IsEmpty || !IsStore(change.Path)))
            .ToArray();
        if (changes.FirstOrDefault(static change => change.After is { IsFolder: false, Target: null }) is { } written)
        {
            await File.AppendAllTextAsync(written.Path, Foreign, cancellationToken);
            return $"a line was added to {written.Path}";
        }

        if (changes.FirstOrDefault(static change => change.After is null) is { } removed
            && Directory.Exists(Path.GetDirectoryName(removed.Path)))
        {
            await File.WriteAllTextAsync(removed.Path, Foreign, cancellationToken);
            return $"{removed.Path} was made again";
        }

        if (await call.TakeBackAsync(cancellationToken) is not Inversion.Done)
        {
            return null;
        }

        var now = await look(cancellationToken);
        return after.Answers.Zip(now.Answers).Any(static pair => !pair.First.DifferenceTo(pair.Second).Changes.IsEmpty)
            ? "what the call did was taken back by somebody else"
            : null;
    }

    private bool IsStore(string path) => stores.Any(store => path.StartsWith(store, StringComparison.Ordinal));
}
