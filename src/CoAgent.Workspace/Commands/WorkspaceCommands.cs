using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Effects;
using CoAgent.Workspace.Layers;

namespace CoAgent.Workspace.Commands;

/// <summary>The commands of a workspace: how they are declared and carried out.</summary>
internal sealed class WorkspaceCommands : IDisposable
{
    /// <summary>How many runs are kept to be of use again.</summary>
    internal const int KeptRunsMax = 256;

    /// <summary>How much is kept of them, in bytes.</summary>
    internal const long KeptBytesMax = 64 * 1024 * 1024;

    private readonly CommandPast _past;

    /// <summary>The commands of a workspace.</summary>
    /// <param name="tools">Its tools.</param>
    /// <param name="files">How files are captured.</param>
    /// <param name="analyst">What is known of commands before they run; null where nothing is.</param>
    /// <param name="profiles">What is known of their effects outside of files.</param>
    /// <param name="findLayers">How layers are made on this machine.</param>
    internal WorkspaceCommands(
        WorkspaceTools tools, FileEffects files, ICommandAnalyst? analyst, IToolProfiles profiles, Func<Task<LayerSupport?>> findLayers)
    {
        _past = new CommandPast(new CommandLessons(), new KeptRuns(tools.Time, KeptRunsMax, KeptBytesMax));
        var binder = new CommandBinder(analyst, tools.Root, _past.Lessons);
        var trials = new CommandTrials(
            tools.Root,
            async () => await findLayers() is { } support ? new CommandLayers(support, tools.Root.Path, tools.Tree.Limits, tools.Time) : null);
        Outer = new OuterEffects(tools.Root.Path, profiles);
        Declarations = new CommandDeclarations(tools.Tree, binder, trials, Outer, _past, files.Positions);
        Writes = new CommandWrites(tools, files, binder, trials, Outer, _past);
        Reads = new CommandReads(tools, files, binder, trials, _past);
    }

    /// <summary>How they are declared.</summary>
    internal CommandDeclarations Declarations { get; }

    /// <summary>How they are carried out when they write.</summary>
    internal CommandWrites Writes { get; }

    /// <summary>How they are answered when they only read.</summary>
    internal CommandReads Reads { get; }

    /// <summary>What they do outside of files.</summary>
    internal OuterEffects Outer { get; }

    /// <summary>What is kept is gone.</summary>
    public void Dispose() => _past.Runs.Dispose();
}
