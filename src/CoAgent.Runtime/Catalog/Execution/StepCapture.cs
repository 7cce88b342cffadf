using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>What was captured by steps: what they saved, what the inverse's templates are given beside, and what the guard showed before the call.</summary>
/// <param name="Saved">The contents of what was saved, by name.</param>
/// <param name="Profile">The contents of the profile's values that the inverse names, by name.</param>
/// <param name="ArgumentNames">The names of the arguments that the tool took; null where nobody knew them.</param>
/// <param name="Guard">The digest of what the guard showed; null where there is no guard.</param>
internal sealed record StepCapture(
    ImmutableSortedDictionary<string, ContentId> Saved,
    ImmutableSortedDictionary<string, ContentId> Profile,
    ImmutableHashSet<string>? ArgumentNames,
    string? Guard)
{
    private const int Version = 2;

    internal static Capture Of(ImmutableSortedDictionary<string, JsonElement> saved, KeptValues kept, string? guard)
    {
        var (steps, profile) = (ContentsOf(saved), ContentsOf(kept.Profile));
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteNumber("steps"u8, Version);
            Write(writer, "saved", steps);
            Write(writer, "profile", profile);
            if (kept.ArgumentNames is { } names)
            {
                writer.WriteStartArray("arguments"u8);
                foreach (var name in names.Order(StringComparer.Ordinal))
                {
                    writer.WriteStringValue(name);
                }

                writer.WriteEndArray();
            }

            if (guard is not null)
            {
                writer.WriteString("guard"u8, guard);
            }

            writer.WriteEndObject();
        }

        return new Capture(
            output.WrittenMemory.ToArray(), [.. steps.Values.Concat(profile.Values).DistinctBy(static content => content.Id)]);
    }

    /// <summary>Reads what was captured; null where it was not captured by steps.</summary>
    internal static StepCapture? Read(ReadOnlyMemory<byte> manifestUtf8)
    {
        if (ResultText.TryParse(manifestUtf8) is not { } document)
        {
            return null;
        }

        using (document)
        {
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("steps"u8, out var version) && version.GetInt32() == Version
                ? new StepCapture(
                    IdsIn(root.GetProperty("saved"u8)),
                    IdsIn(root.GetProperty("profile"u8)),
                    root.TryGetProperty("arguments"u8, out var names)
                        ? [.. names.EnumerateArray().Select(static name => name.GetString()!)]
                        : null,
                    root.TryGetProperty("guard"u8, out var guard) ? guard.GetString() : null)
                : null;
        }
    }

    /// <summary>The digest of what a guard's steps answered.</summary>
    internal static string DigestOf(ImmutableArray<JsonElement?> answers)
    {
        using var digest = new JsonDigest();
        foreach (var answer in answers)
        {
            digest.Add(answer is null ? (byte)0 : (byte)1);
            if (answer is { } value)
            {
                digest.AddValue(value);
            }
        }

        return digest.Finish().ToString("x32");
    }

    private static ImmutableSortedDictionary<string, Content> ContentsOf(IEnumerable<KeyValuePair<string, JsonElement>> values) =>
        values.ToImmutableSortedDictionary(
            static pair => pair.Key,
            static pair => Content.Of(System.Text.Encoding.UTF8.GetBytes(pair.Value.GetRawText())),
            StringComparer.Ordinal);

    private static void Write(Utf8JsonWriter writer, string name, ImmutableSortedDictionary<string, Content> contents)
    {
        writer.WriteStartObject(name);
        foreach (var (member, content) in contents)
        {
            writer.WriteString(member, $"{content.Id}");
        }

        writer.WriteEndObject();
    }

    private static ImmutableSortedDictionary<string, ContentId> IdsIn(JsonElement members) => members.EnumerateObject().ToImmutableSortedDictionary(
        static one => one.Name, static one => ContentId.TryParse(one.Value.GetString())!.Value, StringComparer.Ordinal);
}
