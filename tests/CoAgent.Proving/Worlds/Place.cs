using System.Collections.Immutable;
using CoAgent.Protocol.Objects;

namespace CoAgent.Proving.Worlds;

/// <summary>One object of the small world: like a file, it holds a text or is not there.</summary>
/// <param name="Index">Its number, counted from 0.</param>
/// <param name="Name">Its name in a scenario's text: directory, slash, name.</param>
/// <param name="Initial">What it holds at first; null: it is not there.</param>
/// <param name="IsCell">Whether it is always there: nothing that is done to it can change its directory's listing.</param>
internal sealed record Place(int Index, string Name, string? Initial, bool IsCell)
{
    private static readonly Place[] Known =
    [
        new(0, "d/a", "a0", IsCell: true),
        new(1, "d/b", "b0", IsCell: true),
        new(2, "d/x", "x0", IsCell: false),
        new(3, "d/y", null, IsCell: false),
        new(4, "e/z", "z0", IsCell: false),
        new(5, "e/w", null, IsCell: false),
        new(6, "out", "", IsCell: true),
    ];

    /// <summary>Every object there is.</summary>
    public static ImmutableArray<Place> All { get; } = [.. Known];

    /// <summary>Where what cannot be taken back goes: the mail that was sent.</summary>
    public static Place Outbox => Known[6];

    /// <summary>The directories that can be listed.</summary>
    public static ImmutableArray<string> Directories { get; } = ["d", "e"];

    /// <summary>The directory that it lies in.</summary>
    public string Directory { get; } = Name.Contains('/') ? Name[..Name.IndexOf('/')] : "";

    /// <summary>The name without the directory.</summary>
    public string ShortName { get; } = Name[(Name.IndexOf('/') + 1)..];

    /// <summary>Its content, as an entry of a footprint.</summary>
    public ObjectPattern Node { get; } = ObjectPattern.Node(ObjectId.Create($"t:{Name}"));

    /// <summary>What a call writes that may create or remove it.</summary>
    public ImmutableArray<ObjectPattern> Existence =>
        IsCell ? [Node] : [Node, ListingOf(Directory)];

    /// <summary>Which objects a directory holds, as an entry of a footprint.</summary>
    public static ObjectPattern ListingOf(string directory) => ObjectPattern.Children(ObjectId.Create($"t:{directory}"));

    /// <summary>The object of that name.</summary>
    public static Place Named(string name) =>
        Array.Find(Known, place => place.Name == name) ?? throw new FormatException($"There is no object {name}.");

    /// <summary>What the world holds before anybody has done anything.</summary>
    public static string?[] InitialContents() => [.. Known.Select(place => place.Initial)];
}
