namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>The catalog cannot be changed as asked; the message says why and what to do.</summary>
/// <param name="message">The message.</param>
/// <param name="inner">What went wrong; null where nothing was thrown.</param>
public sealed class CatalogException(string message, Exception? inner = null) : Exception(message, inner);
