namespace CoAgent.Protocol.Order;

/// <summary>Who calls: the name of one agent in the workspace.</summary>
public readonly record struct AgentId
{
    /// <summary>The longest name, in characters.</summary>
    public const int CharsMax = 128;

    /// <summary>What a name is, in words for a message.</summary>
    public const string Rule = "1 to 128 characters without blanks and control characters, and not \"*\"";

    private readonly string? _value;

    private AgentId(string value) => _value = value;

    /// <summary>The name.</summary>
    public string Value => _value ?? throw new InvalidOperationException("An agent's id is made by Create or TryCreate.");

    /// <summary>The id of that name; null when it breaks <see cref="Rule"/>.</summary>
    public static AgentId? TryCreate(string name) => IsName(name) ? new AgentId(name) : null;

    /// <summary>The id of a name that is known to be good.</summary>
    public static AgentId Create(string name) =>
        TryCreate(name) ?? throw new ArgumentException($"An agent's name is {Rule}.", nameof(name));

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsName(string name)
    {
        if (name.Length is 0 or > CharsMax || name == OrderEntry.Arrivals)
        {
            return false;
        }

        foreach (var character in name)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character) || char.IsSurrogate(character))
            {
                return false;
            }
        }

        return true;
    }
}
