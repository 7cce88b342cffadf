namespace CoAgent.Proxy.Configuration;

/// <summary>A JSON value that knows the line where it stands, so that a fault can say so.</summary>
internal abstract record ConfigurationNode
{
    private ConfigurationNode(int line) => Line = line;

    /// <summary>The line where the value begins, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The JSON type in words: "a string", "an object".</summary>
    public abstract string TypeName { get; }

    /// <summary>Named members in the order of the file; a name may come twice.</summary>
    internal sealed record Members(IReadOnlyList<Member> Items, int Line) : ConfigurationNode(Line)
    {
        public override string TypeName => "an object";
    }

    internal sealed record List(IReadOnlyList<ConfigurationNode> Items, int Line) : ConfigurationNode(Line)
    {
        public override string TypeName => "an array";
    }

    internal sealed record Text(string Value, int Line) : ConfigurationNode(Line)
    {
        public override string TypeName => "a string";
    }

    internal sealed record Number(double Value, int Line) : ConfigurationNode(Line)
    {
        public override string TypeName => "a number";
    }

    internal sealed record Flag(bool Value, int Line) : ConfigurationNode(Line)
    {
        public override string TypeName => "a boolean";
    }

    internal sealed record Null(int Line) : ConfigurationNode(Line)
    {
        public override string TypeName => "null";
    }

    /// <summary>One member of an object.</summary>
    internal sealed record Member(string Name, ConfigurationNode Value);
}
