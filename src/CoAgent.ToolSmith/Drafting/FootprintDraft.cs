using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>What a drafted tool touches, from what its examples touch: objects that follow from arguments, and objects that are always the same.</summary>
/// <remarks>An object that follows from no argument and is not touched by every example is explained by nothing: then there is no draft.</remarks>
/// <param name="root">The canonical path of the root: where the commands ran.</param>
/// <param name="files">Where paths lead.</param>
internal sealed class FootprintDraft(string root, ICommandFiles files)
{
    /// <summary>The entries of reads, or of writes.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="parameters">The parameters, with their values in each example.</param>
    /// <param name="choose">Reads or writes.</param>
    internal ImmutableArray<FootprintEntry> Entries(
        ImmutableArray<SeenUnit> examples, ImmutableArray<ToolParameter> parameters, Func<Footprint, ImmutableArray<ObjectPattern>> choose)
    {
        var each = examples.Select((example, at) => choose(example.Touched).Select(pattern => EntryOf(pattern, parameters, at)).ToHashSet(StringComparer.Ordinal)).ToArray();
        return
        [
            .. each.SelectMany(static entries => entries).Distinct(StringComparer.Ordinal)
                .Where(entry => IsOfArgument(entry) || each.All(entries => entries.Contains(entry)))
                .Order(StringComparer.Ordinal)
                .Select(static entry => new FootprintEntry(TextTemplate.Parse(entry), When: null)),
        ];
    }

    /// <summary>Whether a word of an example is a path that the example touches, itself or as the directory of what it touches.</summary>
    internal bool IsPath(SeenUnit example, string word)
    {
        if (word.Length == 0 || word.StartsWith('-') || files.Resolve(root, word, followsLast: true) is not { } path || FileIds.Of(path.Canonical) is not { } id)
        {
            return false;
        }

        // A word that happens to be the root's own name, or nothing's, is no path for that.
        return example.Touched.Reads.Concat(example.Touched.Writes).Any(pattern => pattern.Extent != Extent.Children && id.Equals(pattern.Id));
    }

    private static bool IsOfArgument(string entry) => entry.Replace("{{", "", StringComparison.Ordinal).Contains('{', StringComparison.Ordinal);

    private string EntryOf(ObjectPattern pattern, ImmutableArray<ToolParameter> parameters, int example)
    {
        if (pattern.Id is not { } id)
        {
            return "**";
        }

        return FileIds.IsFile(pattern) ? FileEntry(pattern, parameters, example) : OtherEntry(id, pattern.Extent, parameters, example);
    }

    private string FileEntry(ObjectPattern pattern, ImmutableArray<ToolParameter> parameters, int example)
    {
        if (FileIds.PathOf(pattern) is not { } path)
        {
            return LineText.Plain(pattern.ToString());
        }

        var mark = FileIds.MarkOf(pattern.Extent);
        foreach (var parameter in parameters.Where(static one => one.Kind is ParameterKind.Path or ParameterKind.Paths))
        {
            var list = parameter.Kind == ParameterKind.Paths ? "[]" : "";
            foreach (var leads in parameter.Values[example].Select(LeadOf).OfType<string>())
            {
                if (leads == path)
                {
                    return $"file:{{{parameter.Name}{list}}}{mark}";
                }

                if (ParentOf(leads) == path && pattern.Extent == Extent.Children)
                {
                    return $"file:{{{parameter.Name}{list}|parent}}{mark}";
                }
            }
        }

        return Within(path, parameters, example) is { } within ? within + mark
            : FileIds.Below(root, path) is { } below
                ? $"file:{(below.Length > 0 ? LineText.Plain(below) : LineText.Plain(path))}{mark}"
                : $"file:{LineText.Plain(path)}{mark}";
    }

    // cp a dir: what is written is dir/a.
    private string? Within(string path, ImmutableArray<ToolParameter> parameters, int example)
    {
        var paths = parameters.Where(static one => one.Kind == ParameterKind.Path).ToArray();
        foreach (var folder in paths)
        {
            foreach (var named in paths.Where(one => one != folder))
            {
                if (LeadOf(folder.Values[example][0]) is { } into && LeadOf(named.Values[example][0]) is { } from
                    && path == $"{into}/{from[(from.LastIndexOf('/') + 1)..]}")
                {
                    return $"file:{{{folder.Name}}}/{{{named.Name}|name}}";
                }
            }
        }

        return null;
    }

    private static string OtherEntry(ObjectId id, Extent extent, ImmutableArray<ToolParameter> parameters, int example)
    {
        var colon = id.Value.IndexOf(':', StringComparison.Ordinal) + 1;
        var segments = id.Value[colon..].Split('/').Select(segment =>
            parameters.FirstOrDefault(one => one.Kind == ParameterKind.Text && SegmentText.Of(one.Values[example][0]) == segment) is { } parameter
                ? parameter.Placeholder
                : LineText.Plain(segment));
        return id.Value[..colon] + string.Join('/', segments) + FileIds.MarkOf(extent);
    }

    private string? LeadOf(string word) => files.Resolve(root, word, followsLast: true)?.Canonical;

    private static string ParentOf(string path) => path.LastIndexOf('/') is > 0 and var cut ? path[..cut] : "/";
}
