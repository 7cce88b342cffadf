using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Drafting;
using CoAgent.ToolSmith.Shell.Parsing;

namespace CoAgent.ToolSmith.Survey;

/// <summary>A line that was looked at before it ran.</summary>
/// <param name="Line">The line.</param>
/// <param name="Units">Its pipelines that tools can be made of.</param>
internal sealed record CommandSight(string Line, ImmutableArray<SeenUnit> Units) : SeenCommand(Line)
{
    /// <summary>How it ended.</summary>
    internal int ExitCode { get; init; }

    /// <summary>The effects outside of files that manifests of the catalog know, by the pipeline that has them.</summary>
    internal ImmutableArray<(SeenUnit Unit, KnownEffect Effect)> Effects { get; init; } = [];

    /// <summary>Why the others are none that tools can be made of: for who asked for one.</summary>
    internal ImmutableArray<string> Refusals { get; init; } = [];
}

/// <summary>Looks at command lines: what they are by the rules, and what is in the small files that they are about.</summary>
/// <param name="root">The canonical path of the root.</param>
/// <param name="analyst">The rules.</param>
/// <param name="files">The tree.</param>
/// <param name="environment">The variables that commands get.</param>
internal sealed class CommandLook(
    string root, ICommandAnalyst analyst, ICommandFiles files, ImmutableSortedDictionary<string, string> environment)
{
    /// <summary>How large a file of an example may be, in bytes.</summary>
    internal const int FileBytesMax = 16 * 1024;

    /// <summary>How many files and directories an example may have.</summary>
    internal const int FilesMax = 64;

    /// <summary>How much all files of an example may hold together, in bytes.</summary>
    internal const int BytesMax = 64 * 1024;

    private const string Repository = ".git";

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Looks at a line.</summary>
    internal CommandSight Look(string line)
    {
        var units = ImmutableArray.CreateBuilder<SeenUnit>();
        var effects = ImmutableArray.CreateBuilder<(SeenUnit, KnownEffect)>();
        var refusals = ImmutableArray.CreateBuilder<string>();
        foreach (var unit in CommandUnit.Of(line, new ParseLimits()))
        {
            switch (analyst.Analyse(new ShellLine(LineText.Of(unit), root, environment), files))
            {
                case CommandAnalysis.Known { Effects: [var effect] } known when unit.Stages is [{ Files.IsEmpty: true }]:
                    effects.Add((Seen(unit, known.Touched, UnitNature.Write), effect));
                    break;
                case CommandAnalysis.Known known when RefusalOf(known) is { } refusal:
                    refusals.Add($"{LineText.Of(unit)}: {refusal}");
                    break;
                case CommandAnalysis.Known known:
                    units.Add(Seen(unit, known.Touched, NatureOf(known)));
                    break;
                case CommandAnalysis.Unseen unseen:
                    refusals.Add($"{LineText.Of(unit)}: {unseen.Reason}");
                    break;
                case CommandAnalysis.Opaque opaque:
                    refusals.Add($"{LineText.Of(unit)}: {opaque.Reason}");
                    break;
            }
        }

        return new CommandSight(line, units.ToImmutable()) { Effects = effects.ToImmutable(), Refusals = refusals.ToImmutable() };
    }

    private static string? RefusalOf(CommandAnalysis.Known known) =>
        known.IsIrreversible ? "nothing takes it back"
        : !known.Effects.IsEmpty ? "it does several things outside of files"
        : known.Touched.Writes.Any(static write => !FileIds.IsFile(write)) ? "nobody has described how what it writes outside of files is taken back"
        : known.NeedsNetwork && !known.Touched.IsRead ? "what it writes comes from elsewhere"
        : null;

    private static UnitNature NatureOf(CommandAnalysis.Known known) =>
        !known.Touched.IsRead ? UnitNature.Write : known.IsLive || known.NeedsNetwork ? UnitNature.LiveRead : UnitNature.SnapshotRead;

    private SeenUnit Seen(CommandUnit unit, Footprint touched, UnitNature nature)
    {
        var needsRepository = touched.Reads.Concat(touched.Writes)
            .Any(pattern => FileIds.PathOf(pattern) is { } path && FileIds.Below(root, path) is { } below && (below == Repository || below.StartsWith(Repository + "/", StringComparison.Ordinal)));
        return new SeenUnit(unit, touched, nature) { Before = BeforeOf(touched), NeedsRepository = needsRepository };
    }

    private ImmutableSortedDictionary<string, string>? BeforeOf(Footprint touched)
    {
        var taken = new Taking(root);
        foreach (var pattern in touched.Reads.Concat(touched.Writes))
        {
            if (!FileIds.IsFile(pattern))
            {
                continue;
            }

            if (FileIds.PathOf(pattern) is not { } path || FileIds.Below(root, path) is null || !taken.Take(path, pattern.Extent == Extent.Subtree))
            {
                return null;
            }
        }

        return taken.Files.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>What is taken of a tree.</summary>
    private sealed class Taking(string root)
    {
        private long _bytes;

        public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

        // False where it is too much, or nothing that an example can hold.
        public bool Take(string path, bool isTree)
        {
            try
            {
                return TakeAny(path, isTree);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }

        private bool TakeAny(string path, bool isTree)
        {
            var name = FileIds.Below(root, path)!;
            if (name == Repository || name.StartsWith(Repository + "/", StringComparison.Ordinal) || name is ".coagent")
            {
                return true;
            }

            var info = new FileInfo(path);
            if (info.LinkTarget is not null)
            {
                return false; // An example has no links.
            }

            if (info.Exists)
            {
                return TakeFile(name, info);
            }

            if (!Directory.Exists(path))
            {
                return name.Length == 0 || !name.Contains('/', StringComparison.Ordinal) || Take(Path.GetDirectoryName(path)!, isTree: false);
            }

            if (name.Length > 0)
            {
                Files.TryAdd(name + "/", "");
            }

            return Files.Count <= FilesMax && (!isTree || Directory.EnumerateFileSystemEntries(path).All(child => TakeAny(child, isTree: true)));
        }

        private bool TakeFile(string name, FileInfo info)
        {
            if (Files.ContainsKey(name))
            {
                return true;
            }

            _bytes += info.Length;
            if (info.Length > FileBytesMax || _bytes > BytesMax || Files.Count >= FilesMax)
            {
                return false;
            }

            try
            {
                var text = s_strict.GetString(File.ReadAllBytes(info.FullName));
                Files[name] = text;
                return !text.Contains('\0', StringComparison.Ordinal);
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }
    }
}
