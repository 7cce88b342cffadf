using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>How a server describes one of its tools, as digests: what a manifest was made for (docs/catalog.md, "Trust").</summary>
/// <remarks>
/// What counts is what a call or a reader of its answer goes by: name, description, <c>inputSchema</c>, <c>outputSchema</c> and
/// annotations. What is there for display or for one transport does not: titles, icons, <c>_meta</c>, <c>execution</c>.
/// </remarks>
/// <param name="Digest">All of it: two definitions that say the same have the same.</param>
/// <param name="Members">Its members, each with a digest of its own, so that a difference has a name.</param>
public sealed record ToolDefinition(ContentId Digest, ImmutableSortedDictionary<string, string> Members)
{
    /// <summary>How many hexadecimal digits a member's digest has: enough to see that it changed.</summary>
    public const int MemberDigitCount = 8;

    private const string Title = "title";
    private const string Schema = "inputSchema.";
    private const string Arguments = $"{Schema}properties.";
    private const string Annotations = "annotations";
    private static readonly string[] s_parts = ["name", "description", "inputSchema", "outputSchema", Annotations];

    /// <summary>The names of the arguments that it declares; null where it may take others.</summary>
    public ImmutableHashSet<string>? ArgumentNames => Manifests.ArgumentNames.Of(
        Members.Keys.Where(static key => key.StartsWith(Schema, StringComparison.Ordinal)).Select(static key => key[Schema.Length..]),
        Members.Keys.Any(static key => key.StartsWith(Arguments, StringComparison.Ordinal))
            ? Members.Keys.Where(static key => key.StartsWith(Arguments, StringComparison.Ordinal)).Select(static key => key[Arguments.Length..])
            : null);

    /// <summary>The definition of a tool.</summary>
    /// <param name="tool">An element of <c>tools</c>, as the server lists it.</param>
    public static ToolDefinition Of(JsonElement tool) => new(DigestOf(tool), MembersOf(tool));

    /// <summary>The digest of a tool's definition alone.</summary>
    /// <param name="tool">An element of <c>tools</c>, as the server lists it.</param>
    public static ContentId DigestOf(JsonElement tool)
    {
        using var digest = new JsonDigest();
        foreach (var part in s_parts)
        {
            // A member that is null says as little as one that is not there.
            if (Find(tool, part) is { } value)
            {
                digest.Add(1);
                Add(digest, part, value);
            }
            else
            {
                digest.Add(0);
            }
        }

        return new ContentId(digest.Finish());
    }

    /// <summary>Compares what the two say.</summary>
    public bool Equals(ToolDefinition? other) => other is not null && Digest == other.Digest && Members.SequenceEqual(other.Members);

    /// <inheritdoc/>
    public override int GetHashCode() => Digest.GetHashCode();

    private static void Add(JsonDigest digest, string part, JsonElement value)
    {
        if (part == Annotations && value.ValueKind == JsonValueKind.Object)
        {
            digest.AddMembers(value, without: Title);
        }
        else
        {
            digest.AddValue(value);
        }
    }

    // Arguments and annotations one by one: "inputSchema.properties.path changed" is what a person has to look at.
    private static ImmutableSortedDictionary<string, string> MembersOf(JsonElement tool)
    {
        var members = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var part in s_parts)
        {
            if (Find(tool, part) is not { } value || part == "name")
            {
                continue;
            }

            if (value.ValueKind != JsonValueKind.Object)
            {
                members[part] = DigitsOf(value);
                continue;
            }

            foreach (var (name, member) in Split(part, value))
            {
                members[name] = DigitsOf(member);
            }
        }

        return members.ToImmutable();
    }

    private static IEnumerable<(string Name, JsonElement Value)> Split(string part, JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            var name = ResultText.NameOf(member);
            if (part == Annotations && name == Title)
            {
                continue;
            }

            if (name == "properties" && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in member.Value.EnumerateObject())
                {
                    yield return ($"{part}.properties.{ResultText.NameOf(property)}", property.Value);
                }
            }
            else
            {
                yield return ($"{part}.{name}", member.Value);
            }
        }
    }

    private static string DigitsOf(JsonElement value)
    {
        using var digest = new JsonDigest();
        digest.AddValue(value);
        return new ContentId(digest.Finish()).ToString()[..MemberDigitCount];
    }

    private static JsonElement? Find(JsonElement tool, string member) =>
        tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
}
