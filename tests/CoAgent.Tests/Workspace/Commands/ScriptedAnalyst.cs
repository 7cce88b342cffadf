using System.Collections.Immutable;
using System.Runtime.Versioning;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Tests.Workspace.Commands;

/// <summary>Rules that a test gives by hand: of each command what it reads and writes; of others it says that they are not seen.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ScriptedAnalyst : ICommandAnalyst
{
    private readonly Dictionary<string, Func<ICommandFiles, CommandAnalysis>> _known = new(StringComparer.Ordinal);

    /// <summary>What is said of a line; paths are relative to the root, patterns end as object ids do.</summary>
    internal ScriptedAnalyst Know(string line, string[] reads, string[] writes)
    {
        _known[line] = files => new CommandAnalysis.Known(Touched.Create(Patterns(files, reads), Patterns(files, writes)));
        return this;
    }

    /// <summary>What is said of a line.</summary>
    internal ScriptedAnalyst Say(string line, CommandAnalysis analysis)
    {
        _known[line] = _ => analysis;
        return this;
    }

    public CommandAnalysis Analyse(ShellLine line, ICommandFiles files) => _known.TryGetValue(line.Text, out var known)
        ? known(files)
        : new CommandAnalysis.Unseen("nobody has said anything of it");

    internal static ImmutableArray<ObjectPattern> Patterns(ICommandFiles files, string[] paths) =>
        [.. paths.Select(path => ObjectPattern.Parse($"file:{files.Root}{(path is "" or "**" or "*" ? path.Length == 0 ? "" : "/" : "/")}{path}"))];
}
