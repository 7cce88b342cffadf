using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>What was captured by steps: what they saved, by name, and what the guard showed before the call.</summary>
/// <param name="Saved">The contents of what was saved.</param>
/// <param name="Guard">The digest of what the guard showed; null where there is no guard.</param>
internal sealed record StepCapture(ImmutableSortedDictionary<string, ContentId> Saved, string? Guard)
{
    private const int Version = 1;

    internal static Capture Of(ImmutableSortedDictionary<string, JsonElement> saved, string? guard)
    {
        var contents = saved.ToImmutableSortedDictionary(
            static pair => pair.Key,
            static pair => Content.Of(System.Text.Encoding.UTF8.GetBytes(pair.Value.GetRawText())),
            StringComparer.Ordinal);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteNumber("steps"u8, Version);
            writer.WriteStartObject("saved"u8);
            foreach (var (name, content) in contents)
            {
                writer.WriteString(name, $"{content.Id}");
            }

            writer.WriteEndObject();
            if (guard is not null)
            {
                writer.WriteString("guard"u8, guard);
            }

            writer.WriteEndObject();
        }

        return new Capture(output.WrittenMemory.ToArray(), [.. contents.Values.DistinctBy(static content => content.Id)]);
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
                    root.GetProperty("saved"u8).EnumerateObject().ToImmutableSortedDictionary(
                        static one => one.Name, static one => ContentId.TryParse(one.Value.GetString())!.Value, StringComparer.Ordinal),
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
}
