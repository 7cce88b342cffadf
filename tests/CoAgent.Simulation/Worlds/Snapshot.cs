using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Proving.Worlds;

namespace CoAgent.Simulation.Worlds;

/// <summary>What some objects hold, as a capture's words.</summary>
internal static class Snapshot
{
    public static byte[] Of(ImmutableArray<Place> places, string?[] contents) =>
        JsonSerializer.SerializeToUtf8Bytes(places.ToDictionary(place => place.Name, place => contents[place.Index]));

    /// <summary>Puts back what a snapshot says.</summary>
    public static void Restore(ReadOnlyMemory<byte> utf8, string?[] contents)
    {
        foreach (var (name, content) in Read(utf8))
        {
            contents[Place.Named(name).Index] = content;
        }
    }

    /// <summary>Whether the objects hold what a snapshot says.</summary>
    public static bool Holds(ReadOnlyMemory<byte> utf8, string?[] contents) =>
        Read(utf8).All(pair => contents[Place.Named(pair.Key).Index] == pair.Value);

    public static Dictionary<string, string?> Read(ReadOnlyMemory<byte> utf8) =>
        JsonSerializer.Deserialize<Dictionary<string, string?>>(utf8.Span)!;
}
