namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>How much one template may give; what is more is refused with a reason.</summary>
public static class TemplateLimits
{
    /// <summary>The most texts or list elements that one template gives, and the most combinations that it goes through.</summary>
    /// <value>16,384.</value>
    public const int RoundsMax = 16_384;

    /// <summary>The most characters that one template gives, all texts together.</summary>
    /// <value>16 Mi characters.</value>
    public const int CharsMax = 16 * 1024 * 1024;
}
