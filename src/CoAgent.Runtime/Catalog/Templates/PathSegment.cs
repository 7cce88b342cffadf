namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>One step of a <see cref="ValuePath"/>.</summary>
public abstract record PathSegment
{
    private PathSegment()
    {
    }

    /// <summary>The member of that name: <c>.name</c>, or <c>["any name"]</c>.</summary>
    /// <param name="Name">Its name.</param>
    public sealed record Member(string Name) : PathSegment
    {
        /// <inheritdoc/>
        public override string ToString() => $".{Name}";
    }

    /// <summary>Each element of a list: <c>[]</c>.</summary>
    public sealed record Each : PathSegment
    {
        /// <inheritdoc/>
        public override string ToString() => "[]";
    }

    /// <summary>One element of a list: <c>[0]</c>.</summary>
    /// <param name="Index">0 for the first.</param>
    public sealed record At(int Index) : PathSegment
    {
        /// <inheritdoc/>
        public override string ToString() => $"[{Index}]";
    }
}
