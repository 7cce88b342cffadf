using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Effects;

/// <summary>Runs commands so that they can be taken back.</summary>
/// <remarks>
/// <para>
/// A command runs when it is prepared, in a layer over the root; what it changed is captured and then, when it is executed, put in place. Where
/// there are no layers, or one has changed what the command did (a directory that could not be renamed), the whole tree is captured and the
/// command runs in it.
/// </para>
/// <para>
/// A command that writes outside the root, or changes more than can be kept, cannot be taken back. That shows when it runs: it is not done, and
/// is declared irreversible when it is made again.
/// </para>
/// </remarks>
internal sealed class BashEffects(WorkspaceTools tools, FileCapture capture, Func<Task<LayerSupport?>> findLayers)
{
    private const int IrreversibleMax = 4096;
    private const string MakeAgain = "Make it again: it is then done when nothing can come before it any more.";

    private ImmutableHashSet<string> _irreversible = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>What is captured for a command that has nothing to take back: not the same as nothing captured.</summary>
    internal static Capture Untouched { get; } = new(new CaptureManifest([]).ToUtf8(), []);

    /// <summary>How a prepared command goes on.</summary>
    internal abstract record Plan
    {
        private Plan()
        {
        }

        /// <summary>It has run, and what it wrote is put in place.</summary>
        internal sealed record Promote(Promotion Promotion) : Plan;

        /// <summary>It runs in the live tree.</summary>
        /// <param name="Manifest">What was captured; null when it cannot be taken back.</param>
        internal sealed record RunLive(CaptureManifest? Manifest) : Plan;
    }

    /// <summary>Whether a command is known not to be reversible.</summary>
    /// <remarks>Until it is known whether there are layers here, it is taken that there are: a command that proves too much is refused then.</remarks>
    internal bool IsIrreversible(JsonElement arguments) => _irreversible.Contains(KeyOf(arguments))
        || (findLayers() is { IsCompletedSuccessfully: true, Result: null } && !IsTreeCapturable());

    /// <summary>Runs it in a layer, or captures the tree that it will run in.</summary>
    /// <exception cref="CallRefusedException">It cannot be run at all.</exception>
    /// <exception cref="NotCapturableException">It cannot be taken back.</exception>
    internal async Task<Preparation> PrepareAsync(JsonElement arguments, CancellationToken cancellationToken)
    {
        var line = BashTool.Check(tools.Tree, ToolArguments.Check(BashTool.Tool.Definition, ToolArguments.MembersOf(arguments)));
        if (IsIrreversible(arguments))
        {
            return new Preparation.Ready(Capture.Empty, new Plan.RunLive(Manifest: null));
        }

        LayerRun? run = null;
        var isKept = false;
        try
        {
            run = await findLayers() is { } support
                ? await new CommandLayers(support, tools.Root.Path, tools.Tree.Limits, tools.Time)
                    .RunAsync(line, new LayerOptions { TracesReads = true }, cancellationToken)
                : null;
            if (run is null)
            {
                return CaptureTree(cancellationToken);
            }

            if (run.Refused is { } refused)
            {
                return Refuse(arguments, "it " + refused.Reason);
            }

            var (promotion, before) = await Task.Run(
                () => Promotion.Prepare(run, tools.Tree.Limits, cancellationToken), cancellationToken);
            isKept = true;
            return new Preparation.Ready(before, new Plan.Promote(promotion));
        }
        catch (NotCapturableException fault)
        {
            return Refuse(arguments, fault.Message);
        }
        finally
        {
            if (!isKept)
            {
                run?.Dispose();
            }
        }
    }

    /// <summary>Does what is left to do.</summary>
    internal async Task<Execution> ExecuteAsync(Plan plan, JsonElement arguments, CancellationToken cancellationToken)
    {
        switch (plan)
        {
            case Plan.RunLive live:
                var answer = await tools.CallAsync(BashTool.Tool.Definition.Name, arguments, cancellationToken);
                return new Execution.Answered(
                    ResultJson.Of(answer),
                    live.Manifest is null ? default : FileCapture.Look(live.Manifest, CancellationToken.None).ToUtf8());
            case Plan.Promote { Promotion: var promotion }:
                using (promotion)
                {
                    return await tools.ChangeAsync(() => promotion.TryRun(CancellationToken.None), cancellationToken)
                        ? new Execution.Answered(
                            ResultJson.Of(promotion.Answer), FileCapture.Look(promotion.Manifest, CancellationToken.None).ToUtf8())
                        : new Execution.NotDone("Somebody outside changed the files while the command ran; make it again.");
                }

            default:
                throw new InvalidOperationException("a command is promoted or runs live");
        }
    }

    private Preparation.Ready CaptureTree(CancellationToken cancellationToken)
    {
        var root = tools.Root.Path;
        var (manifest, before) = capture.Take(
            [ObjectPattern.Parse(ObjectIds.Subtree(root))],
            new Dictionary<string, Expectation> { [root] = new Expectation.Anything() },
            beneath: null,
            cancellationToken);
        return new Preparation.Ready(before, new Plan.RunLive(manifest));
    }

    private Preparation.NotPossible Refuse(JsonElement arguments, string reason)
    {
        ImmutableInterlocked.Update(
            ref _irreversible,
            static (known, key) => (known.Count < IrreversibleMax ? known : known.Clear()).Add(key),
            KeyOf(arguments));
        return new Preparation.NotPossible($"The command was not done, for it could not be taken back: {reason}. {MakeAgain}");
    }

    private bool IsTreeCapturable()
    {
        var (bytes, entries) = (0L, 0);
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var entry in new DirectoryInfo(tools.Root.Path).EnumerateFileSystemInfos("*", everything))
        {
            entries++;
            bytes += entry is FileInfo file ? file.Length : 0;
            if (bytes > tools.Tree.Limits.CaptureBytesMax || entries > tools.Tree.Limits.CaptureEntriesMax)
            {
                return false;
            }
        }

        return true;
    }

    private static string KeyOf(JsonElement arguments) => ContentId.Of(JsonSerializer.SerializeToUtf8Bytes(arguments)).ToString();
}
