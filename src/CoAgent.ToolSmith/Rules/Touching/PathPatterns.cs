using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Touching;

/// <summary>The arguments that a pattern becomes: the names that match now, and the listings that were looked through.</summary>
internal sealed class PathPatterns(CommandTree tree)
{
    /// <summary>The most names that one pattern may become.</summary>
    internal const int NamesMax = 1000;

    private static readonly FieldValue.Unknown s_unclear = new("which files match is not known", IsSingle: false, "");

    /// <summary>The arguments with patterns replaced.</summary>
    internal ImmutableArray<FieldValue> Expand(ImmutableArray<FieldValue> arguments)
    {
        if (!arguments.Any(static argument => argument is FieldValue.Pattern))
        {
            return arguments;
        }

        return [.. arguments.SelectMany(argument => argument is FieldValue.Pattern pattern ? Expand(pattern) : [argument])];
    }

    /// <summary>The arguments in each round of a loop through the matches of a pattern; once as they are, outside of one.</summary>
    internal IEnumerable<ImmutableArray<FieldValue>> Rounds(ImmutableArray<FieldValue> arguments)
    {
        var looped = arguments.OfType<FieldValue.Pattern>().Where(static pattern => pattern.IsOne).Distinct().ToList();
        return looped switch
        {
            [] => [arguments],
            [var one] => Expand(one).Select(match => Replace(arguments, one, match)),
            _ => [looped.Aggregate(arguments, static (all, one) => Replace(all, one, s_unclear))],
        };
    }

    private static ImmutableArray<FieldValue> Replace(ImmutableArray<FieldValue> arguments, FieldValue one, FieldValue match) =>
        [.. arguments.Select(argument => argument.Equals(one) ? match is FieldValue.Unknown ? s_unclear with { IsSingle = true } : match : argument)];

    /// <summary>What one pattern becomes; one unknown list when that cannot be told.</summary>
    private IEnumerable<FieldValue> Expand(FieldValue.Pattern pattern)
    {
        var isAbsolute = pattern.Glob.StartsWith('/');
        if (!isAbsolute && tree.Directories is not [_])
        {
            return Unclear();
        }

        var start = isAbsolute ? "/" : tree.Directories[0];
        var found = new List<string> { isAbsolute ? "/" : "" };
        var names = pattern.Glob.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var at = 0; at < names.Length; at++)
        {
            if (Step(start, found, names[at], isLast: at == names.Length - 1) is not { } next)
            {
                return Unclear();
            }

            found = next;
        }

        var suffix = pattern.Glob.EndsWith('/') ? "/" : "";
        return found.Count == 0
            ? [new FieldValue.Text(pattern.Unmatched)]
            : found.Order(StringComparer.Ordinal).Select(path => (FieldValue)new FieldValue.Text(path + suffix));
    }

    private IEnumerable<FieldValue> Unclear()
    {
        tree.ReadAnything();
        return [s_unclear];
    }

    private List<string>? Step(string start, List<string> before, string name, bool isLast)
    {
        var next = new List<string>();
        if (NamePattern.Read(name) is not { } pattern)
        {
            return null;
        }

        foreach (var above in before)
        {
            if (pattern.Plain is { } plain)
            {
                next.Add(above + plain + (isLast ? "" : "/"));
            }
            else if (!AddMatches(start, above, pattern, isLast, next))
            {
                return null;
            }
        }

        return next.Count > NamesMax ? null : pattern.Plain is not null && isLast ? Present(start, next) : next;
    }

    /// <summary>Names after a pattern that are plain have to be there.</summary>
    private List<string>? Present(string start, List<string> paths)
    {
        var present = new List<string>();
        foreach (var path in paths)
        {
            if (tree.Line.Files.Resolve(start, path, followsLast: false) is not { } found || tree.Line.MayLeadElsewhere(found, followsLast: false))
            {
                return null;
            }

            tree.Line.Read(found.Canonical, Extent.Node);
            if (tree.KindsOf(found) != PathKinds.Absent)
            {
                present.Add(path);
            }
        }

        return present;
    }

    private bool AddMatches(string start, string above, NamePattern pattern, bool isLast, List<string> into)
    {
        if (tree.Line.Files.Resolve(start, above.Length == 0 ? "." : above, followsLast: true) is not { } directory
            || tree.Line.MayLeadElsewhere(directory, followsLast: true) || tree.Line.IsUnsettled(directory.Canonical))
        {
            return false;
        }

        foreach (var link in directory.Links)
        {
            tree.Line.Read(link, Extent.Node);
        }

        tree.Line.Read(directory.Canonical, Extent.Node);
        tree.Line.Read(directory.Canonical, Extent.Children);
        var names = tree.Line.Files.List(directory.Canonical).Union(tree.Line.NamesMadeIn(directory.Canonical), StringComparer.Ordinal);
        foreach (var name in names.Where(pattern.Matches))
        {
            if (isLast || IsDirectory(start, above + name))
            {
                into.Add(above + name + (isLast ? "" : "/"));
            }
        }

        return into.Count <= NamesMax;
    }

    private bool IsDirectory(string start, string path) =>
        tree.Line.Files.Resolve(start, path, followsLast: true) is { } found
        && (tree.KindsOf(found) & (PathKinds.Directory | PathKinds.Anything)) != PathKinds.None;
}
