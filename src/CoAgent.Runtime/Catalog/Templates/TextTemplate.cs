namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>Text with placeholders (docs/catalog.md, "Templates").</summary>
/// <param name="Source">As it is written.</param>
public sealed record TextTemplate(string Source);

/// <summary>A JSON value with placeholders in its leaves: a leaf that is one placeholder keeps the type of what it stands for.</summary>
/// <param name="Source">As it is written: JSON.</param>
public sealed record ValueTemplate(string Source);

/// <summary>Whether a step is done or an entry is meant.</summary>
/// <param name="Source">As it is written.</param>
public sealed record Condition(string Source);

/// <summary>The way to a member: <c>items[].id</c>.</summary>
/// <param name="Source">As it is written.</param>
public sealed record ValuePath(string Source);
