using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Drafting;
using CoAgent.ToolSmith.Shell.Parsing;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.Tests.ToolSmith.Drafting;

/// <summary>A world of a few commands whose rules fit on a page: what growing needs of the rules, and a tree in memory or on disk.</summary>
internal sealed class SmallRules(string root) : ICommandAnalyst, ICommandFiles
{
    public string Root => root;

    /// <summary>Directories, by full path, where there is no tree on disk.</summary>
    public HashSet<string> Folders { get; } = [root];

    public CommandAnalysis Analyse(ShellLine line, ICommandFiles files)
    {
        var reads = new List<ObjectPattern>();
        var writes = new List<ObjectPattern>();
        var isLive = false;
        foreach (var stage in CommandUnit.Of(line.Text, new ParseLimits()).SelectMany(static unit => unit.Stages))
        {
            foreach (var file in stage.Files.Where(static file => file.IsFile))
            {
                AddFile(file.Sign.Contains('>') ? writes : reads, file.Path, isNew: file.Sign.Contains('>'));
            }

            var operands = stage.Words.Skip(1).Where(static word => !word.StartsWith('-')).ToArray();
            switch (stage.Words[0])
            {
                case "cat" or "wc" or "head" or "sort" or "tail":
                    AddFiles(reads, [.. operands.Where(static word => !word.All(char.IsAsciiDigit))], isNew: false);
                    break;
                case "grep" when stage.Words.Contains("-r"):
                    operands[1..].ToList().ForEach(path => reads.Add(ObjectPattern.Subtree(IdOf(path))));
                    break;
                case "grep":
                    AddFiles(reads, operands[1..], isNew: false);
                    break;
                case "sed":
                    AddFiles(reads, operands[1..], isNew: false);
                    AddFiles(writes, operands[1..], isNew: false);
                    break;
                case "touch" or "rm" or "truncate":
                    AddFiles(writes, [.. operands.Where(static word => !word.All(char.IsAsciiDigit))], isNew: true);
                    break;
                case "cp":
                    AddFiles(reads, operands[..1], isNew: false);
                    AddFiles(writes, operands[1..], isNew: true);
                    break;
                case "date":
                    isLive = true;
                    break;
                case "echo":
                    break;
                case "kubectl" when operands is [_, "set", "image", var what, ..] && line.Text.Contains("-n "):
                    writes.Add(ObjectPattern.Parse($"k8s:{operands[0]}/{what}"));
                    break;
                default:
                    return new CommandAnalysis.Unseen($"{stage.Words[0]} is not known");
            }
        }

        return new CommandAnalysis.Known(Footprint.Create(reads, writes)) { IsLive = isLive };
    }

    public FilePath? Resolve(string directory, string path, bool followsLast)
    {
        var full = Path.GetFullPath(path, directory);
        return new FilePath(full, true, Folders.Contains(full), [], []);
    }

    public ImmutableArray<string> List(string canonical) => [];

    private ObjectId IdOf(string path) => FileIds.Of(Path.GetFullPath(path, root))!;

    private void AddFiles(List<ObjectPattern> to, string[] paths, bool isNew)
    {
        foreach (var path in paths)
        {
            AddFile(to, path, isNew);
        }
    }

    private void AddFile(List<ObjectPattern> to, string path, bool isNew)
    {
        to.Add(ObjectPattern.Node(IdOf(path)));
        if (isNew)
        {
            to.Add(ObjectPattern.Children(FileIds.Of(Path.GetDirectoryName(Path.GetFullPath(path, root))!)!));
        }
    }
}

/// <summary>Paths as they are written: no links, everything is there.</summary>
internal sealed class PlainPaths : IFilePaths
{
    public FilePath? Resolve(ImmutableArray<string> directories, string given) =>
        new(Path.GetFullPath(given, directories.FirstOrDefault("/")), true, false, [], []);
}
