using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>What stands between braces in a template: a value's name, what is made of it, and what becomes where it is absent.</summary>
/// <param name="Source">As it is written, braces included.</param>
/// <param name="Root">The name that it begins with.</param>
/// <param name="Segments">The way on from there.</param>
/// <param name="Filters">What is made of it, in order.</param>
/// <param name="Absence">What becomes where it is absent.</param>
internal sealed record Placeholder(
    string Source, string Root, ImmutableArray<PathSegment> Segments, ImmutableArray<ValueFilter> Filters, Absence Absence);

/// <summary>What becomes of a placeholder whose value is absent.</summary>
internal abstract record Absence
{
    private Absence()
    {
    }

    /// <summary>Nothing can be filled in: the call is taken as one of an unknown tool.</summary>
    public sealed record Refused : Absence;

    /// <summary>What holds the placeholder is left out.</summary>
    public sealed record LeftOut : Absence;

    /// <summary>It is something else.</summary>
    /// <param name="Value">That: JSON where it is written as JSON, else text.</param>
    public sealed record Default(JsonElement Value) : Absence;
}

/// <summary>What a template can make of a value (docs/catalog.md, "Templates").</summary>
internal enum ValueFilter
{
    /// <summary>The directory that holds a path.</summary>
    Parent,

    /// <summary>The last segment of a path.</summary>
    Name,

    /// <summary>Whether something is at a path.</summary>
    Exists,

    /// <summary>Whether a directory is at a path.</summary>
    Directory,

    /// <summary>A path and the directories above it, as far as they are not there.</summary>
    Missing,

    /// <summary>A text in small letters.</summary>
    Lower,

    /// <summary>A value as JSON text.</summary>
    Json,

    /// <summary>The member names of an object.</summary>
    Keys,

    /// <summary>A number or truth value as text.</summary>
    Text,

    /// <summary>The one spelling of a resource of Kubernetes; absent where it is not known.</summary>
    Resource,

    /// <summary>The same, of a resource that lies in namespaces; else absent.</summary>
    Namespaced,

    /// <summary>The same, of a resource that lies in none; else absent.</summary>
    Clusterwide,
}

/// <summary>How filters are written.</summary>
internal static class ValueFilters
{
    /// <summary>The names, in the order of the documentation.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["parent", "name", "exists", "directory", "missing", "lower", "json", "keys", "text", "resource", "namespaced", "clusterwide"];

    /// <summary>The filter of that name; null where there is none.</summary>
    public static ValueFilter? Find(string name) => Names.IndexOf(name) is >= 0 and var at ? (ValueFilter)at : null;

    /// <summary>How it is written.</summary>
    public static string NameOf(ValueFilter filter) => Names[(int)filter];

    /// <summary>Whether it makes a list, through which a template goes.</summary>
    public static bool GivesList(ValueFilter filter) => filter is ValueFilter.Missing or ValueFilter.Keys;
}
